import { terms } from '../library/terms.ts';
import { covered } from './rank.ts';
import type { KeyPhrase } from './key-phrases.ts';

const MAX_QUOTE = 420;
const MAX_CODE = 900;
const SENTENCE_END = /(?<=[.!?])\s+(?=[\p{Lu}`"(\d])/u;
const ROW = /^\|/;
/** Passages say the main thing first. */
const LATER = 0.05;
/** What a quote begins with should itself be about the question. */
const OPENING = 0.1;
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
  let best = { quote: '', value: -1, part: -1 };
  let at = 0;
  for (const [part, prose] of parts.entries()) {
    const sentences = CODE.test(prose) ? [] : sentencesOf(prose);
    for (let i = 0; i < sentences.length; i += 1, at += 1) {
      const quote = window(sentences, i);
      const said = covered(phrases, weights, new Set(terms(quote)));
      const opening = covered(phrases, weights, new Set(terms(sentences[i] ?? '')));
      const value = (1 - OPENING) * said + OPENING * opening - at * LATER;
      if (value > best.value) best = { quote, value, part };
    }
  }
  const examples = parts.map((part) => CODE.test(part) && isWhole(part) && part.length <= MAX_CODE);
  // Code above the quote belongs to something else.
  const below = parts.find((_, i) => i > best.part && examples[i] === true);
  if (below !== undefined) return { quote: shortened(best.quote), code: below.trim() };
  if (best.quote !== '' && !best.quote.endsWith(':')) return { quote: shortened(best.quote) };
  // The prose only announces what is not here; an example may still say enough.
  const code = parts.find((_, i) => examples[i] === true);
  return { quote: '', ...(code === undefined ? {} : { code: code.trim() }) };
}

/** A sentence with those after it, as far as there is room; a row of a table stands alone. */
function window(sentences: string[], at: number): string {
  let quote = sentences[at] ?? '';
  if (ROW.test(quote)) return quote.replaceAll(/^\|\s*|\s*\|$/g, '').replaceAll(/\s*\|\s*/g, ' — ');
  for (const next of sentences.slice(at + 1)) {
    if (quote.length + next.length + 1 > MAX_QUOTE || ROW.test(next)) break;
    // What only announces an example says nothing.
    if (!next.endsWith(':')) quote += ` ${next}`;
  }
  return quote;
}

/** Opened once and closed as it was opened: anything else would swallow the rest of the answer. */
function isWhole(part: string): boolean {
  const marks = part.split('\n').filter((line) => CODE.test(line));
  const [open, close] = marks.map((line) => CODE.exec(line)?.[0].trim());
  return marks.length === 2 && open === close && part.trimEnd().endsWith(open ?? '');
}

function shortened(quote: string): string {
  if (quote.length <= MAX_QUOTE) return quote;
  const space = quote.lastIndexOf(' ', MAX_QUOTE);
  return `${quote.slice(0, space > MAX_QUOTE / 2 ? space : MAX_QUOTE)}…`;
}

/** Rows of tables and items of lists stand for themselves; wrapped lines belong together. */
function sentencesOf(text: string): string[] {
  return text
    .split(/\n\s*\n|\n(?=\s*(?:[-*+|]|\d+[.)])\s?)/)
    .flatMap((part) => part.replaceAll(/\s+/g, ' ').trim().split(SENTENCE_END))
    .map((sentence) => sentence.replace(/^[-*+>]\s+/, '').trim())
    .filter((sentence) => sentence !== '' && !/^[\W_]+$/.test(sentence));
}
