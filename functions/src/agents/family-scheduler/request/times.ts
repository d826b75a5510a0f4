import { HOUR, MINUTE } from '../time/wall.ts';
import type { Scanner } from './scanner.ts';

/** Times of day, in milliseconds since midnight. */
export interface Times {
  /** It begins then. */
  at?: number;
  /** It ends then: `from 10 to 12`. */
  until?: number;
  /** All of it lies between them. */
  earliest?: number;
  latest?: number;
}

/** Parts of a day, as a span in which something may lie. */
const PARTS: [RegExp, { earliest?: number; latest?: number }][] = [
  [
    /\b(?:early )?(?:in the |this )?(?:early )?(?<!['’]s? )mornings?\b/i,
    { earliest: 7 * HOUR, latest: 12 * HOUR },
  ],
  [/\bbefore lunch(?: ?time)?\b/i, { earliest: 7 * HOUR, latest: 12 * HOUR }],
  [/\bafter lunch\b/i, { earliest: 13 * HOUR, latest: 18 * HOUR }],
  [
    /\b(?:at|over|around|during) lunch(?: ?time)?\b|\blunch ?time\b/i,
    { earliest: 12 * HOUR, latest: 14 * HOUR },
  ],
  [
    /\b(?:in the |this )?(?:late |early )?(?<!['’]s? )afternoons?\b/i,
    { earliest: 12 * HOUR, latest: 18 * HOUR },
  ],
  [/\bafter school\b/i, { earliest: 15 * HOUR, latest: 19 * HOUR }],
  [/\bafter work\b/i, { earliest: 17 * HOUR, latest: 22 * HOUR }],
  [
    /\b(?:during|in|within) (?:working|work|office|business|school) hours\b/i,
    { earliest: 9 * HOUR, latest: 17 * HOUR },
  ],
  [
    /\b(?:in the |this )?(?:late |early )?(?<!['’]s? )evenings?\b|\btonight\b|\bat night\b/i,
    { earliest: 17 * HOUR, latest: 22 * HOUR },
  ],
];

const CLOCK = String.raw`(\d{1,2})(?:[:.h](\d{2}))?\s*(?:(a|p)\.?m\b\.?|o'?clock\b|h\b|uhr\b)?`;
const WORD = String.raw`(noon|midday|midnight|half past (?:\d{1,2})|quarter past (?:\d{1,2})|quarter to (?:\d{1,2}))`;
const TIME = String.raw`(?:${WORD}|${CLOCK})(?![\d%€$]|\s*(?:hours?|hrs?|minutes?|mins?|people|kids|years?)\b)`;

const RANGE = new RegExp(
  String.raw`(?:\b(from|between)\s+)?${TIME}\s*(?:-|–|—|\bto\b|\band\b|\buntil\b|\btill\b)\s*${TIME}`,
  'i',
);
const AFTER = new RegExp(
  String.raw`\b(?:after|not before|no earlier than|earliest(?: at)?|from)\s+${TIME}(?:\s+(?:on(?:wards)?|or later))?`,
  'i',
);
const LATER = new RegExp(String.raw`\b(?:at )?${TIME}\s+(?:or later|at the earliest|onwards)`, 'i');
const BEFORE = new RegExp(
  String.raw`\b(?:before|by|until|till|not after|no later than|finished by|done by)\s+${TIME}`,
  'i',
);
const AT = new RegExp(String.raw`(?:\b(?:at|around|about|starting(?: at)?|@)\s*|@\s*)${TIME}`, 'i');
/** Without a word before it, only what cannot be another number. */
const SURE = new RegExp(
  String.raw`\b(?:${WORD}|(\d{1,2})[:.h](\d{2})\s*(?:(a|p)\.?m\b\.?)?|(\d{1,2})\s*(a|p)\.?m\b\.?|(\d{1,2})\s*o'?clock\b)(?!\d)`,
  'i',
);
/** A bare number where a time stands: after the day, before the end or a comma. */
const BARE = /^(?:,\s*)?(\d{1,2})\s*(?=$|[,;.!?])/;

/** Times of day that a request names, which are taken from it. */
export function takeTimes(scanner: Scanner): Times {
  const evening = scanner.has(
    /\b(?:evening|tonight|night|dinner|supper|party|movie|cinema|theat(?:re|er)|concert)\b/i,
  );
  const morning = scanner.has(/\b(?:morning|breakfast)\b/i);
  const hint = evening ? 'p' : morning ? 'a' : undefined;
  const times = takeClock(scanner, hint);
  if (times.at !== undefined) {
    // “At seven in the evening” has said when; “Parents' evening at seven” keeps its name.
    scanner.take(
      /\b(?:in the|this) (?:late |early )?(?:morning|afternoon|evening)s?\b|\btonight\b|\bat night\b/i,
    );
    return times;
  }
  for (const [pattern, span] of PARTS) {
    if (scanner.take(pattern) === null) continue;
    return { ...span, ...times };
  }
  return times;
}

function takeClock(scanner: Scanner, hint: Half): Times {
  const range = scanner.take(RANGE);
  if (range !== null) {
    const lead = range[1]?.toLowerCase();
    const end = clock(range.slice(6, 10), hint);
    const start = before(range.slice(2, 6), end, hint);
    if (start !== undefined && end !== undefined && start < end) {
      return lead === 'between' ? { earliest: start, latest: end } : { at: start, until: end };
    }
  }
  const times: Times = {};
  const earliest = clock((scanner.take(AFTER) ?? scanner.take(LATER))?.slice(1), hint);
  if (earliest !== undefined) times.earliest = earliest;
  const latest = clock(scanner.take(BEFORE)?.slice(1), hint);
  if (latest !== undefined) times.latest = latest;
  if (earliest !== undefined || latest !== undefined) return times;
  const at = clock(scanner.take(AT)?.slice(1), hint) ?? sure(scanner.take(SURE)) ?? bare(scanner, hint);
  return at === undefined ? {} : { at };

  function sure(found: RegExpExecArray | null): number | undefined {
    if (found === null) return undefined;
    const [, word, h1, m1, half1, h2, half2, h3] = found;
    return clock([word, h1 ?? h2 ?? h3, m1, half1 ?? half2], hint);
  }
}

function bare(scanner: Scanner, hint: Half): number | undefined {
  for (const part of scanner.left) {
    const hour = BARE.exec(part)?.[1];
    if (hour === undefined) continue;
    scanner.take(new RegExp(String.raw`\b${hour}\b`));
    return clock([undefined, hour, undefined, undefined], hint);
  }
  return undefined;
}

type Half = 'a' | 'p' | undefined;

/** `3-5 pm`: what is said of the end holds for the start, unless it would come after it. */
function before(parts: (string | undefined)[], end: number | undefined, hint: Half): number | undefined {
  const own = clock(parts, hint);
  if (parts[3] !== undefined || parts[0] !== undefined || own === undefined || end === undefined) return own;
  const hour = Number(parts[1]);
  const afternoon = clock([undefined, parts[1], parts[2], 'p'], hint);
  if (hour <= 12 && end > 12 * HOUR && afternoon !== undefined && afternoon < end) {
    // 10-14 begins in the morning, 3-5 and 10-11 pm do not.
    return end - afternoon <= 6 * HOUR ? afternoon : own;
  }
  return own;
}

/** [word, hour, minute, a or p] as milliseconds since midnight; undefined when there is no such time. */
function clock(parts: (string | undefined)[] | undefined, hint: Half): number | undefined {
  if (parts === undefined) return undefined;
  const [word, hourText, minuteText, halfText] = parts;
  if (word !== undefined) return spoken(word.toLowerCase(), hint);
  if (hourText === undefined) return undefined;
  const hour = Number(hourText);
  const minute = Number(minuteText ?? '0');
  if (hour > 24 || minute > 59 || (hour === 24 && minute > 0)) return undefined;
  const half = halfText?.toLowerCase();
  if (half !== undefined)
    return hour < 1 || hour > 12
      ? undefined
      : ((hour % 12) + (half === 'p' ? 12 : 0)) * HOUR + minute * MINUTE;
  return guessed(hour, hourText, hint) * HOUR + minute * MINUTE;
}

/** Nobody meets at three in the night: without a word for it, 1 to 6 are in the afternoon. */
function guessed(hour: number, text: string, hint: Half): number {
  if (hour === 0 || hour > 11 || text.startsWith('0') || hint === 'a') return hour;
  return hour <= 6 || hint === 'p' ? hour + 12 : hour;
}

function spoken(word: string, hint: Half): number | undefined {
  if (word === 'noon' || word === 'midday') return 12 * HOUR;
  if (word === 'midnight') return 0;
  const [, side, hourText = ''] = /^(half past|quarter past|quarter to) (\d{1,2})$/.exec(word) ?? [];
  const hour = clock([undefined, hourText, undefined, undefined], hint);
  if (hour === undefined || side === undefined) return undefined;
  return hour + { 'half past': 30, 'quarter past': 15, 'quarter to': -15 }[side as 'half past'] * MINUTE;
}
