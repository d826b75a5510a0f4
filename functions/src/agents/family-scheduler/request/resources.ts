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

/** The car is one thing, its service another. */
const NOT_A_THING = String.raw`(?!\s+(?:service|repair|wash|seat|insurance|key))`;

/** What a request needs for itself, which is taken from it: `we need the car`. */
export function takeResources(scanner: Scanner, { resources }: Household): string[] {
  const known = distinct([...resources.map(({ name }) => name), ...COMMON]);
  const thing = known.map(escape).join('|');
  const clause = new RegExp(
    String.raw`(?:[,;.]\s*)?(?:\b(?:and|but|so|that|which)\s+)?(?:\b(?:we|i|they|he|she|it)(?:'ll|\s+will|'d|\s+would)?\s+)?` +
      String.raw`\b(?:also\s+)?(?:need(?:s|ing)?|us(?:e|es|ing)|tak(?:e|es|ing)|requir(?:e|es|ing)|have|with|in|by|go by)\s+(?:to (?:use|take|have)\s+)?(?:the|our|a)?\s*` +
      String.raw`((?:${thing})(?:\s*(?:,|and|&|plus)\s*(?:the|our|a)?\s*(?:${thing}))*)\b${NOT_A_THING}`,
    'i',
  );
  const found = scanner.takeAll(clause).map((match) => match[1] ?? '');
  const needed = new RegExp(
    String.raw`(?:[,;.]\s*)?(?:\b(?:the|our)\s+)?\b(${thing})\s+(?:is\s+|are\s+)?(?:needed|required)\b`,
    'i',
  );
  found.push(...scanner.takeAll(needed).map((match) => match[1] ?? ''));
  const booked = new RegExp(
    String.raw`^(?:.*?\b)?(?:book|reserve|block|get|is|show)\s+(?:me\s+|us\s+)?(?:the|our)\s+(${thing})\b${NOT_A_THING}`,
    'i',
  );
  found.push(scanner.take(booked)?.[1] ?? '');
  // “Bring the car to the school” needs the car and keeps its name; what something is brought to is a place.
  const spoken = new RegExp(String.raw`(?<!\bto\s+)\b(?:the|our)\s+(${thing})\b${NOT_A_THING}`, 'i');
  found.push(scanner.find(spoken)?.[1] ?? '');
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
