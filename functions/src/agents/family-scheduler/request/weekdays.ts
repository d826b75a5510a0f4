const NAMES = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** Part of a pattern: a day of the week, also shortened, also several of them. */
export const WEEKDAY = String.raw`(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?\b\.?`;
/** `Tuesday, Wednesday or Thursday` */
export const WEEKDAYS = String.raw`${WEEKDAY}(?:\s*(?:,|or|and|\/|,\s*or)\s*(?:on\s+)?${WEEKDAY})*`;

/** All days of the week that a text names, 0 is Sunday. */
export function weekdaysIn(text: string): number[] {
  const found = [...text.toLowerCase().matchAll(new RegExp(String.raw`\b${WEEKDAY}`, 'g'))];
  return [...new Set(found.map(([name]) => NAMES.findIndex((day) => day.startsWith(name.slice(0, 3)))))];
}
