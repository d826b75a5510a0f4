import { NUMBER, numberOf } from './numbers.ts';
import type { Scanner } from './scanner.ts';
import { MAX_MINUTES } from './wish.ts';

const LEAD = String.raw`(?:\b(?:for|lasting|takes|taking|about|around|roughly)\s+)*`;
const HOURS = String.raw`(?:hours?|hrs?|h)\b`;
const MINUTES = String.raw`(?:minutes?|mins?|min)\b`;
/** `at 17h` is a time, not a length. */
const NOT_A_TIME = String.raw`(?<!(?:\bat|\bfrom|\buntil|\bto|\bbefore|\bafter|\baround|@|[:.])\s*)`;

const PATTERNS: [RegExp, (parts: string[]) => number][] = [
  [pattern(String.raw`(?:all|the whole|whole|full)[- ]day\b`), () => MAX_MINUTES],
  [pattern(String.raw`(?:three quarters of an hour)\b`), () => 45],
  [pattern(String.raw`(?:a )?quarter of an hour\b`), () => 15],
  [pattern(String.raw`(?:half an hour|a half[- ]hour|half[- ]hour)\b`), () => 30],
  [
    pattern(String.raw`(${NUMBER})(?:\s+hours?)?\s+and\s+a\s+half(?:\s+hours?)?\b`),
    ([n = '1']) => numberOf(n) * 60 + 30,
  ],
  [
    pattern(String.raw`(${NUMBER})\s*[- ]?${HOURS}\s*(?:and\s+)?(${NUMBER})\s*${MINUTES}`),
    ([h = '0', m = '0']) => numberOf(h) * 60 + numberOf(m),
  ],
  [pattern(String.raw`(\d{1,2})\s*h\s*(\d{2})\b`), ([h = '0', m = '0']) => Number(h) * 60 + Number(m)],
  [pattern(String.raw`(${NUMBER})\s*[- ]?${HOURS}`), ([n = '1']) => numberOf(n) * 60],
  [pattern(String.raw`(${NUMBER})\s*[- ]?${MINUTES}`), ([n = '1']) => numberOf(n)],
  [pattern(String.raw`(\d{1,3})m\b`), ([n = '1']) => numberOf(n)],
];

function pattern(body: string): RegExp {
  return new RegExp(`${LEAD}${NOT_A_TIME}\\b${body}`, 'i');
}

/** How long it takes, in minutes, or undefined when nothing is said; a whole day is MAX_MINUTES. */
export function takeDuration(scanner: Scanner): number | undefined {
  for (const [pattern, minutes] of PATTERNS) {
    const found = scanner.take(pattern);
    if (found === null) continue;
    return Math.min(MAX_MINUTES, Math.max(5, Math.round(minutes(found.slice(1)))));
  }
  return undefined;
}
