import { DAY, dateParts, daysInMonth, isDate, startOfWeek, wall, weekday, type Wall } from '../time/wall.ts';
import { NUMBER, numberOf } from './numbers.ts';
import type { Scanner } from './scanner.ts';
import { WEEKDAY, WEEKDAYS, weekdaysIn } from './weekdays.ts';

/** Days that will do. `from` and `to` are midnights, both included. */
export interface Days {
  from: Wall;
  to: Wall;
  weekdays: number[];
}

type Reading = [RegExp, (parts: (string | undefined)[], today: Wall) => Days | undefined];

const MONTH = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const MONTH_NAME =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\b\\.?';
const NTH = String.raw`(\d{1,2})(?:st|nd|rd|th)?`;
const YEAR = String.raw`(?:,?\s+(\d{4}))?`;
const ON = String.raw`\b(?:on\s+)?(?:the\s+)?`;

/** In this order: what says more comes first. */
const READINGS: Reading[] = [
  [/\b(?:on\s+)?(\d{4})-(\d{2})-(\d{2})(?=\b|T)/i, ([y, m, d]) => exact(Number(y), Number(m), Number(d))],
  [/\b(?:on\s+)?(\d{1,2})\.(\d{1,2})\.(\d{4})?(?!\d)/, ([d, m, y], today) => date(d, Number(m), y, today)],
  [
    /\b(?:on\s+)?(\d{1,2})\/(\d{1,2})(?:\/(\d{4}))?\b/,
    ([a, b, y], today) => slashed(Number(a), Number(b), y, today),
  ],
  [
    re(String.raw`${ON}${NTH}\s+(?:of\s+)?${MONTH_NAME}${YEAR}\b`),
    ([d, m, y], today) => date(d, monthOf(m), y, today),
  ],
  [
    re(String.raw`${ON}${MONTH_NAME}\s+(?:the\s+)?${NTH}\b(?!:)${YEAR}`),
    ([m, d, y], today) => date(d, monthOf(m), y, today),
  ],
  [
    re(String.raw`\b(?:on\s+)?the\s+(\d{1,2})(?:st|nd|rd|th)\b`),
    ([d], today) => nextDayOfMonth(Number(d), today),
  ],
  [/\b(?:the )?day after tomorrow\b/i, (_, today) => one(today + 2 * DAY)],
  [/\btomorrow\b/i, (_, today) => one(today + DAY)],
  [/\btoday\b/i, (_, today) => one(today)],
  [
    re(String.raw`\b(?:a week from|a week on)\s+(${WEEKDAY})`),
    ([day], today) => one(upcoming(day, today) + 7 * DAY),
  ],
  [
    re(String.raw`\b(?:on\s+)?(${WEEKDAY})\s+in\s+(${NUMBER})\s+weeks?\b`),
    ([day, n], today) => {
      return ofWeek(startOfWeek(today) + numberOf(n ?? '1') * 7 * DAY, weekdaysIn(day ?? ''));
    },
  ],
  [
    re(String.raw`\b(?:on\s+)?(${WEEKDAYS})\s+(?:of\s+)?(this|next)\s+week\b`),
    ([days, which], today) => inWeek(which, days, today),
  ],
  [
    re(String.raw`\b(?:in\s+)?(this|next)\s+week(?:'s)?,?\s+(?:on\s+)?(${WEEKDAYS})`),
    ([which, days], today) => inWeek(which, days, today),
  ],
  [
    re(String.raw`\b(?:from|between)\s+(${WEEKDAY})\s+(?:to|and|until|till|through)\s+(${WEEKDAY})`),
    ([a, b], today) => {
      const from = upcoming(a, today);
      return { from, to: upcoming(b, from), weekdays: [] };
    },
  ],
  [
    re(String.raw`\b(?:before)\s+(?:next\s+)?(${WEEKDAY})`),
    ([day], today) => ({ from: today, to: upcoming(day, today) - DAY, weekdays: [] }),
  ],
  [
    re(String.raw`\b(?:by|until|till)\s+(?:next\s+)?(${WEEKDAY})`),
    ([day], today) => ({ from: today, to: upcoming(day, today), weekdays: [] }),
  ],
  [
    re(String.raw`\bafter\s+(${WEEKDAY})`),
    ([day], today) => {
      const from = upcoming(day, today) + DAY;
      return { from, to: from + 6 * DAY, weekdays: [] };
    },
  ],
  [
    re(String.raw`\b(?:on\s+)?next\s+(${WEEKDAY})(?!\s*(?:,|or|and|\/)\s*(?:on\s+)?${WEEKDAY})`),
    ([day], today) => inWeek('next', day, today),
  ],
  [
    /\b(?:at|on|over|for)?\s*(?:the\s+)?next weekend\b/i,
    (_, today) => ofWeek(startOfWeek(today) + 7 * DAY, [6, 0]),
  ],
  [
    /\b(?:(?:at|on|over|for)\s+)?(?:this|the|the coming) weekend\b/i,
    (_, today) => rest(startOfWeek(today), [6, 0], today),
  ],
  [/\b(?:in\s+)?(?:the )?week after next\b/i, (_, today) => week(startOfWeek(today) + 14 * DAY)],
  [/\b(?:in\s+|during\s+)?(?:the\s+)?next week\b/i, (_, today) => week(startOfWeek(today) + 7 * DAY)],
  [
    /\b(?:later\s+)?this week\b/i,
    (_, today) => ({ from: today, to: startOfWeek(today) + 6 * DAY, weekdays: [] }),
  ],
  [/\b(?:in\s+)?next month\b/i, (_, today) => month(dateParts(today).year, dateParts(today).month + 1)],
  [
    /\b(?:in\s+)?this month\b/i,
    (_, today) => {
      const { year, month: now } = dateParts(today);
      return { ...month(year, now), from: today };
    },
  ],
  [
    re(String.raw`\b(?:in|within|over|during)\s+the\s+next\s+(${NUMBER})\s+(days?|weeks?)\b`),
    ([n, unit], today) => span(n, unit, today),
  ],
  [
    re(String.raw`\bwithin\s+(?:the\s+next\s+)?(${NUMBER})\s+(days?|weeks?)\b`),
    ([n, unit], today) => span(n, unit, today),
  ],
  [
    re(String.raw`\b(?:the\s+)?next\s+(${NUMBER})\s+(days?|weeks?)\b`),
    ([n, unit], today) => span(n, unit, today),
  ],
  [
    re(String.raw`\bin\s+(${NUMBER})\s+(days?|weeks?)(?:'\s*time)?\b`),
    ([n, unit], today) => {
      return one(today + numberOf(n ?? '1') * (unit?.startsWith('w') === true ? 7 : 1) * DAY);
    },
  ],
  [
    re(String.raw`\b(?:on\s+|this\s+|coming\s+|this coming\s+)*(${WEEKDAYS})`),
    ([days], today) => named(weekdaysIn(days ?? ''), today),
  ],
  [
    /\b(?:on\s+)?(?:a |any )?(?:weekday|workday|working day|school day)s?\b/i,
    (_, today) => fortnight(today, [1, 2, 3, 4, 5]),
  ],
  [/\b(?:on\s+|at\s+)?(?:a |any )?weekends?\b/i, (_, today) => fortnight(today, [6, 0])],
  [
    re(
      String.raw`\bin\s+(january|february|march|april|may|june|july|august|september|october|november|december)\b`,
    ),
    ([name], today) => {
      const { year, month: now } = dateParts(today);
      const wanted = monthOf(name);
      const days = month(wanted < now ? year + 1 : year, wanted);
      return wanted === now ? { ...days, from: today } : days;
    },
  ],
];

/** The days that a request names, which are taken from it; undefined when it names none. */
export function takeDays(scanner: Scanner, today: Wall): Days | undefined {
  for (const [pattern, read] of READINGS) {
    const found = scanner.find(pattern);
    const days = found === null ? undefined : read(found.slice(1), today);
    if (days === undefined) continue;
    scanner.take(pattern);
    return narrowed(days, scanner);
  }
  // The part of the day is left for its own reading.
  return scanner.has(/\btonight\b|\bthis (?:morning|afternoon|evening)\b/i) ? one(today) : undefined;
}

/** `next week, on Tuesday or Thursday`: a span and days of the week in it. */
function narrowed(days: Days, scanner: Scanner): Days {
  if (days.from === days.to || days.weekdays.length > 0) {
    // A date may come with its day of the week: Saturday, 28 November.
    if (days.from === days.to) scanner.take(re(String.raw`\b(?:on\s+)?${WEEKDAY}`));
    return days;
  }
  const found = scanner.take(re(String.raw`\b(?:on\s+)?(?:an?\s+)?(${WEEKDAYS}|weekdays?|weekends?)`));
  const name = found?.[1]?.toLowerCase() ?? '';
  if (name.startsWith('weekday')) return { ...days, weekdays: [1, 2, 3, 4, 5] };
  if (name.startsWith('weekend')) return { ...days, weekdays: [6, 0] };
  return { ...days, weekdays: weekdaysIn(name) };
}

function re(body: string): RegExp {
  return new RegExp(body, 'i');
}

function one(day: Wall): Days {
  return { from: day, to: day, weekdays: [] };
}

function exact(year: number, month: number, day: number): Days | undefined {
  return isDate(year, month, day) ? one(wall(year, month, day)) : undefined;
}

/** Without a year: the next such date. */
function date(
  day: string | undefined,
  month: number,
  year: string | undefined,
  today: Wall,
): Days | undefined {
  const d = Number(day);
  if (year !== undefined) return exact(Number(year), month, d);
  const { year: now } = dateParts(today);
  for (const y of [now, now + 1, now + 2, now + 3, now + 4]) {
    if (isDate(y, month, d) && wall(y, month, d) >= today) return one(wall(y, month, d));
  }
  return undefined;
}

/** 24/11 can only be one thing; 3/4 is taken for the 3rd of April, and the answer names the month. */
function slashed(a: number, b: number, year: string | undefined, today: Wall): Days | undefined {
  return b > 12 ? date(String(b), a, year, today) : date(String(a), b, year, today);
}

function nextDayOfMonth(day: number, today: Wall): Days | undefined {
  const { year, month: now } = dateParts(today);
  for (let i = 0; i < 12; i += 1) {
    const first = wall(year, now + i, 1);
    const { year: y, month: m } = dateParts(first);
    const at = first + (day - 1) * DAY;
    if (day >= 1 && day <= daysInMonth(y, m) && at >= today) return one(at);
  }
  return undefined;
}

/** The next day of that name, never today. */
function upcoming(name: string | undefined, after: Wall): Wall {
  const [day = 0] = weekdaysIn(name ?? '');
  return after + (((day - weekday(after) + 6) % 7) + 1) * DAY;
}

/** One day by its name is the next one; of several, whichever of the coming seven days. */
function named(days: number[], today: Wall): Days {
  const [day] = days;
  if (days.length > 1 || day === undefined) return { from: today + DAY, to: today + 7 * DAY, weekdays: days };
  return one(today + (((day - weekday(today) + 6) % 7) + 1) * DAY);
}

function inWeek(which: string | undefined, names: string | undefined, today: Wall): Days {
  const monday = startOfWeek(today) + (which?.toLowerCase() === 'next' ? 7 * DAY : 0);
  return ofWeek(monday, weekdaysIn(names ?? ''));
}

/** Of the week that begins on that Monday. */
function ofWeek(monday: Wall, days: number[]): Days {
  const [day] = days;
  if (days.length === 1 && day !== undefined) return one(monday + ((day + 6) % 7) * DAY);
  return { ...week(monday), weekdays: days };
}

function rest(monday: Wall, days: number[], today: Wall): Days {
  return { ...ofWeek(monday, days), from: Math.max(monday, today) };
}

function week(monday: Wall): Days {
  return { from: monday, to: monday + 6 * DAY, weekdays: [] };
}

function month(year: number, number: number): Days {
  return { from: wall(year, number, 1), to: wall(year, number + 1, 1) - DAY, weekdays: [] };
}

function fortnight(today: Wall, weekdays: number[]): Days {
  return { from: today + DAY, to: today + 14 * DAY, weekdays };
}

function span(n: string | undefined, unit: string | undefined, today: Wall): Days {
  const length = numberOf(n ?? '1') * (unit?.startsWith('w') === true ? 7 : 1);
  return { from: today, to: today + Math.min(60, length) * DAY, weekdays: [] };
}

function monthOf(name: string | undefined): number {
  return MONTH.split('|').indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1;
}
