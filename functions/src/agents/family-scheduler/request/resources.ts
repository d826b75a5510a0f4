import type { Household } from '../calendar/household.ts';
import { distinct, keyOf } from '../calendar/names.ts';
import type { Scanner } from './scanner.ts';

/** Things that households share, also where the calendar has not named them yet. */
const COMMON = [
  'car',
  'van',
  'kitchen',
  'living room',
  'garden',
  'garage',
  'dining room',
  'projector',
  'cargo bike',
];

/** What a request needs for itself, which is taken from it: `we need the car`. */
export function takeResources(scanner: Scanner, { resources }: Household): string[] {
  const known = distinct([...resources.map(({ name }) => name), ...COMMON]);
  const thing = known.map(escape).join('|');
  const clause = new RegExp(
    String.raw`(?:[,;.]\s*)?(?:\b(?:and|but|so|that|which)\s+)?(?:\b(?:we|i|they|he|she|it)(?:'ll|\s+will|'d|\s+would)?\s+)?` +
      String.raw`\b(?:also\s+)?(?:need(?:s|ing)?|us(?:e|es|ing)|tak(?:e|es|ing)|requir(?:e|es|ing)|have|with|in|by|go by)\s+(?:to (?:use|take|have)\s+)?(?:the|our|a)?\s*` +
      String.raw`((?:${thing})(?:\s*(?:,|and|&|plus)\s*(?:the|our|a)?\s*(?:${thing}))*)\b(?!\s+(?:service|repair|wash|seat|insurance))`,
    'i',
  );
  const found = scanner.takeAll(clause).map((match) => match[1] ?? '');
  const booked = new RegExp(
    String.raw`\b(?:the|our)\s+(${thing})\b(?!\s+(?:service|repair|wash|seat|insurance))`,
    'i',
  );
  found.push(...scanner.takeAll(booked).map((match) => match[1] ?? ''));
  const named = known.filter((name) =>
    found.some((text) => new RegExp(String.raw`\b${escape(name)}\b`, 'i').test(text)),
  );
  return named.map(
    (name) => resources.find((resource) => keyOf(resource.name) === keyOf(name))?.name ?? capital(name),
  );
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(' ', String.raw`\s+`);
}
