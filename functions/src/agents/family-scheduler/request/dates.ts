import { DAY, dateParts, startOfWeek, type Wall } from '../time/wall.ts';
import {
  between,
  date,
  exact,
  fortnight,
  inWeek,
  month,
  monthOf,
  named,
  nextDayOfMonth,
  nthOfMonth,
  ofWeek,
  one,
  rest,
  slashed,
  span,
  upcoming,
  week,
  weekOf,
  type Days,
} from './days.ts';
import { NUMBER, numberOf } from './numbers.ts';
import type { Scanner } from './scanner.ts';
import { WEEKDAY, WEEKDAYS, weekdaysIn } from './weekdays.ts';

type Reading = [RegExp, (parts: (string | undefined)[], today: Wall) => Days | undefined];

const MONTH_NAME =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\b\\.?';
const NTH = String.raw`(\d{1,2})(?:st|nd|rd|th)?`;
const YEAR = String.raw`(?:,?\s+(\d{4}))?`;
const ON = String.raw`\b(?:on\s+)?(?:the\s+)?`;

const HOLIDAYS: [string, number, number][] = [
  ['christmas eve', 12, 24],
  ['christmas(?: day)?\\b(?! (?:market|tree))', 12, 25],
  ['boxing day', 12, 26],
  ["new year'?s eve", 12, 31],
  ["new year'?s(?: day)?\\b", 1, 1],
  ["valentine'?s(?: day)?\\b", 2, 14],
  ["hallowe'?en", 10, 31],
];

/** In this order: what says more comes first. */
const READINGS: Reading[] = [
  [
    re(
      String.raw`\b(?:in\s+)?(?:the\s+)?week\s+(?:of|from|starting|beginning)\s+(?:on\s+)?(?:the\s+)?${NTH}\s+(?:of\s+)?${MONTH_NAME}${YEAR}`,
    ),
    ([d, m, y], today) => weekOf(date(d, monthOf(m), y, today)),
  ],
  [
    re(
      String.raw`\b(?:in\s+)?(?:the\s+)?week\s+(?:of|from|starting|beginning)\s+(?:on\s+)?(?:the\s+)?${MONTH_NAME}\s+${NTH}\b${YEAR}`,
    ),
    ([m, d, y], today) => weekOf(date(d, monthOf(m), y, today)),
  ],
  [
    re(
      String.raw`\b(?:from\s+)?(?:the\s+)?${NTH}\s*(?:-|–|to|until|till|through)\s*(?:the\s+)?${NTH}\s+(?:of\s+)?${MONTH_NAME}${YEAR}`,
    ),
    ([a, b, m, y], today) => between(date(a, monthOf(m), y, today), date(b, monthOf(m), y, today)),
  ],
  [
    re(
      String.raw`\b(?:from\s+)?${NTH}\s+${MONTH_NAME}\s*(?:-|–|to|until|till|through)\s*${NTH}\s+${MONTH_NAME}${YEAR}`,
    ),
    ([a, m, b, n, y], today) => between(date(a, monthOf(m), y, today), date(b, monthOf(n), y, today)),
  ],
  [
    re(
      String.raw`\b(?:on\s+)?(?:the\s+)?(first|second|third|fourth|last)\s+(${WEEKDAY})\s+(?:of|in)\s+(?:the\s+)?(?:next month|month|${MONTH_NAME})`,
    ),
    ([nth, day, name], today) => nthOfMonth(nth, day, name, today),
  ],
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
  ...HOLIDAYS.map(([name, month, day]): Reading => [
    re(String.raw`\b(?:on|at)\s+${name}`),
    (_, today) => date(String(day), month, undefined, today),
  ]),
  [/\b(?:the )?day after tomorrow\b/i, (_, today) => one(today + 2 * DAY)],
  [/\btomorrow\b/i, (_, today) => one(today + DAY)],
  [/\byesterday\b/i, (_, today) => one(today - DAY)],
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
    re(String.raw`\b(from|between)\s+(${WEEKDAY})\s+(?:to|and|until|till|through)\s+(${WEEKDAY})`),
    ([word, a, b], today) => {
      const from = upcoming(a, today);
      const days = { from, to: upcoming(b, from), weekdays: [] };
      return word?.toLowerCase() === 'from' ? { ...days, whole: true } : days;
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
    /\b(?:(?:at|on|over|for)\s+)?(?:this|the|coming|this coming|the coming) weekend\b/i,
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
  if (days.from === days.to || days.weekdays.length > 0 || days.whole === true) {
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
