import { terms } from '../library/terms.ts';
import { covered } from './rank.ts';
import type { KeyPhrase } from './key-phrases.ts';

const MAX_QUOTE = 420;
const MAX_CODE = 900;
const SENTENCE_END = /(?<=[.!?])\s+(?=[\p{Lu}`"(\d])/u;
const CODE = /^\s*(?:`{3,}|~{3,})/;

export interface Excerpt {
  /** The sentences that say most about the question; empty when the passage is all code. */
  quote: string;
  /** A fenced example of the passage, whole. */
  code?: string;
}

/** What to quote of a passage: its best sentences, with the code that belongs to them. */
export function excerptOf(text: string, phrases: KeyPhrase[], weights: number[]): Excerpt {
  const parts = text.split(/\n\s*\n(?=\s*(?:`{3,}|~{3,}))|(?<=\n\s*(?:`{3,}|~{3,}))\s*\n\s*\n/);
  const code = parts.find((part) => CODE.test(part) && isWhole(part) && part.length <= MAX_CODE);
  const sentences = parts.filter((part) => !CODE.test(part)).flatMap(sentencesOf);
  const value = (at: number) => covered(phrases, weights, new Set(terms(sentences[at] ?? '')));
  let best = 0;
  for (let at = 1; at < sentences.length; at += 1) if (value(at) > value(best)) best = at;
  let quote = (sentences[best] ?? '').slice(0, MAX_QUOTE);
  // What follows usually explains; it is taken as far as there is room.
  for (const next of sentences.slice(best + 1)) {
    if (quote.length + next.length + 1 > MAX_QUOTE) break;
    quote += ` ${next}`;
  }
  return { quote, ...(code === undefined ? {} : { code: code.trim() }) };
}

function isWhole(part: string): boolean {
  return part.split('\n').filter((line) => CODE.test(line)).length === 2;
}

/** Rows of tables and items of lists stand for themselves; wrapped lines belong together. */
function sentencesOf(text: string): string[] {
  return text
    .split(/\n\s*\n|\n(?=\s*(?:[-*+|]|\d+[.)])\s?)/)
    .flatMap((part) => part.replaceAll(/\s+/g, ' ').trim().split(SENTENCE_END))
    .map((sentence) => sentence.replace(/^[-*+>]\s+/, '').trim())
    .filter((sentence) => sentence !== '' && !/^[\W_]+$/.test(sentence));
}
