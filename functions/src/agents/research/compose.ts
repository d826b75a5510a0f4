import { says, type KeyPhrase } from './key-phrases.ts';
import { excerptOf } from './excerpt.ts';
import { diverse, rank, weigh, type Knowledge, type Ranked } from './rank.ts';
import type { Library, Passage } from '../library/index.ts';
import type { CitedSource } from './state.ts';

/** Quotes in an answer: enough to compare, few enough to read. */
const MAX_QUOTES = 6;
const MIN_QUOTE = 20;

export interface Composed {
  sources: CitedSource[];
  /** The answer in Markdown, piece by piece. */
  pieces: string[];
}

/** An answer made of quotes alone, grouped by document, each with its citation. */
export function compose(
  passages: Passage[],
  phrases: KeyPhrase[],
  library: Knowledge & Pick<Library, 'size'>,
): Composed {
  const weights = weigh(phrases, library);
  const picked = diverse(rank(passages, phrases, library), MAX_QUOTES);
  const quotes = picked.flatMap((ranked) => {
    const { quote, code } = excerptOf(ranked.passage.text, phrases, weights);
    return quote.length < MIN_QUOTE && code === undefined ? [] : [{ ranked, quote, code }];
  });
  if (quotes.length === 0) return { sources: [], pieces: [nothing(phrases, library.size)] };
  const groups = Map.groupBy(quotes, ({ ranked }) => ranked.passage.document);
  const sources: CitedSource[] = [];
  const pieces = [opening(quotes.length, groups.size)];
  for (const group of groups.values()) {
    pieces.push(`\n\n### ${escape(group[0]?.ranked.passage.title ?? '')}`);
    let heading = '';
    for (const { ranked, quote, code } of group) {
      const { passage } = ranked;
      const n = sources.length + 1;
      sources.push({
        id: passage.id,
        title: titleOf(passage),
        url: passage.url,
        quote: quote === '' ? passage.heading : quote,
        n,
      });
      if (passage.heading !== '' && passage.heading !== heading && passage.heading !== passage.title) {
        pieces.push(`\n\n**${escape(passage.heading)}**`);
      }
      heading = passage.heading;
      pieces.push(quote === '' ? `\n\nAn example [${n}]:` : `\n\n> ${escape(quote)} [${n}]`);
      if (code !== undefined) pieces.push(`\n\n${code}`);
    }
  }
  const open = uncovered(picked, phrases);
  if (open.length > 0) pieces.push(`\n\nThese passages do not speak of ${list(open)}.`);
  return { sources, pieces };
}

/** Phrases of the question itself that no picked passage speaks of, in any words. */
export function uncovered(ranked: Ranked[], phrases: KeyPhrase[]): KeyPhrase[] {
  return phrases.filter(
    (phrase) => phrase.weight === 1 && !ranked.some(({ stems }) => says(phrase, stems) > 0),
  );
}

function titleOf(passage: Passage): string {
  const { title, heading } = passage;
  return heading === '' || heading === title ? title : `${title} › ${heading}`;
}

function opening(quotes: number, documents: number): string {
  const passages = quotes === 1 ? 'This passage' : `These ${quotes} passages`;
  const where = documents === 1 ? 'one document' : `${documents} documents`;
  return `${passages} of ${where} come${quotes === 1 ? 's' : ''} closest to the question, quoted as written.`;
}

function nothing(phrases: KeyPhrase[], size: number): string {
  if (phrases.length === 0)
    return 'The question has no words to search for. Please ask with a few key words.';
  return `Nothing in the library answers this: none of its ${size} passages speaks of ${list(phrases)} together.`;
}

function list(phrases: KeyPhrase[]): string {
  return new Intl.ListFormat('en').format(phrases.map((phrase) => `“${phrase.text}”`));
}

/** Text of a document must not become links, images or markup of the answer. */
function escape(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replaceAll(/[[\]<>*_#|\\]/g, String.raw`\$&`)))
    .join('');
}
