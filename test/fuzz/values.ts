import type { Dice } from './dice.ts';

/** Strings that broke somebody's server before. */
const STRINGS = [
  '',
  ' ',
  '.',
  '..',
  '../../../../etc/passwd',
  '__proto__',
  'constructor',
  '__id__',
  'null',
  'undefined',
  'NaN',
  '-1',
  '1e309',
  "' OR 1=1 --",
  '${7*7}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '\u0000',
  '\ud800',
  '\u202e',
  'users/x/runs/y',
  '2038-01-19T03:14:08Z',
  'ﷺ'.repeat(50),
  'a'.repeat(101),
  'a'.repeat(1_501),
  'a'.repeat(20_000),
];

export function anyString(dice: Dice): string {
  return dice.chance(0.7) ? dice.one(STRINGS) : dice.text(40);
}

/** JSON values, the strange ones often. Depth is limited; very deep texts are made as text. */
export function anyValue(dice: Dice, depth = 3): unknown {
  const leaf = dice.weighted<() => unknown>([
    [() => anyString(dice), 30],
    [() => dice.one([0, -0, -1, 1.5, 1e308, -1e308, 5e-324, 2 ** 53, -(2 ** 63), 1e21]), 20],
    [() => dice.one([null, true, false]), 20],
    [() => [], 5],
    [() => ({}), 5],
  ]);
  if (depth === 0 || dice.chance(0.5)) return leaf();
  const size = dice.below(4);
  if (dice.chance(0.5)) return Array.from({ length: size }, () => anyValue(dice, depth - 1));
  return Object.fromEntries(Array.from({ length: size }, () => [anyString(dice), anyValue(dice, depth - 1)]));
}

/** A value of the right shape with one or more places replaced, dropped or added. */
export function mutated(dice: Dice, value: unknown): unknown {
  if (dice.chance(0.15)) return anyValue(dice);
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => (dice.chance(0.3) ? mutated(dice, item) : item));
    return dice.chance(0.2) ? [...items, anyValue(dice)] : items;
  }
  if (typeof value !== 'object' || value === null) return anyValue(dice);
  const entries = Object.entries(value)
    .filter(() => !dice.chance(0.05))
    .map(([key, item]): [string, unknown] => [key, dice.chance(0.2) ? mutated(dice, item) : item]);
  if (dice.chance(0.2)) entries.push([anyString(dice), anyValue(dice)]);
  return Object.fromEntries(entries);
}

/** Ids for a path, already as they stand in a URL. */
export function anyId(dice: Dice, known: readonly string[]): string {
  return dice.weighted<() => string>([
    [() => dice.one(known), 30],
    [() => encodeURIComponent(wellFormed(anyString(dice))).slice(0, 8_000), 30],
    [
      () =>
        dice.one([
          '..%2f..%2fetc%2fpasswd',
          '%2e%2e',
          '%00',
          'a%00b',
          '%ff',
          '%',
          '%zz',
          '%252e%252e%252f',
          '..;',
          'a/b/c',
          '*',
          ':run_id',
          '%F0%9F%98%80',
          'a%0d%0aSet-Cookie:x=1',
          '..\\..\\windows',
        ]),
      40,
    ],
  ])();
}

/** What encodeURIComponent can encode. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}
