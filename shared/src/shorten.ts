import { isObject, type Json } from './json.ts';

/** Characters of a text that is shortened. */
const KEPT = 2_000;

/** The same JSON with long texts cut: for what must be told and is too large to be told whole. */
export function shorten(value: Json, kept = KEPT): Json {
  if (typeof value === 'string') return shortenText(value, kept);
  if (Array.isArray(value)) return value.map((item) => shorten(item, kept));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shorten(item, kept)]));
}

export function shortenText(text: string, kept: number): string {
  if (text.length <= kept) return text;
  const beginning = text.slice(0, kept).toWellFormed();
  return `${beginning} … (${text.length - kept} more characters)`;
}
