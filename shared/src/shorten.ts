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
  const beginning = cutText(text, kept);
  return beginning === text ? text : `${beginning} … (${text.length - beginning.length} more characters)`;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const AROUND = 256; // code units that are looked at on both sides of the cut; few graphemes have ten

/** The beginning of a text, at most `kept` code units; what a reader sees as one character is never cut. */
export function cutText(text: string, kept: number): string {
  if (text.length <= kept) return text;
  const from = Math.max(0, kept - AROUND);
  const near = text.slice(from, kept + AROUND);
  const start = graphemes.segment(near).containing(kept - from)?.index ?? 0;
  // One that is longer than all that was looked at is cut between two code points.
  return start > 0 ? text.slice(0, from + start) : betweenCodePoints(text, kept);
}

function betweenCodePoints(text: string, kept: number): string {
  const splits = kept > 0 && (text.codePointAt(kept - 1) ?? 0) > 0xffff;
  return text.slice(0, splits ? kept - 1 : kept);
}
