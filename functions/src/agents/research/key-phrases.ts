import { isStopword, stem, words } from '../library/terms.ts';
import type { Question } from './conversation.ts';

/** What a question is about. */
export interface KeyPhrase {
  text: string;
  stem: string;
  /** 1, or less for what is only known from an earlier question. */
  weight: number;
  /** Words that documentation uses for the same thing. */
  alike: string[];
  alikeStems: string[];
  /** The word written together with its neighbour in the question: `sourcemap` for "source map". Stems. */
  joined: string[];
}

/** Words that technical documentation uses for one another. */
const ALIKE = [
  ['cancel', 'abort', 'remove', 'delete'],
  ['enqueue', 'queue', 'schedule'],
  ['retry', 'backoff'],
  ['limit', 'throttle', 'concurrency'],
  ['error', 'exception', 'reject'],
  ['install', 'setup'],
  ['stream', 'readable'],
  ['parallel', 'concurrent', 'simultaneous'],
  ['test', 'mock'],
  ['authenticate', 'credential', 'login'],
  ['timeout', 'deadline'],
];
/** A follow-up is about its own words; the earlier ones only say of what. */
const CONTEXT = 0.25;
const MAX_PHRASES = 12;
const MAX_QUERIES = 4;

/** The distinct content words of a question, in order; then those of the question it follows on. */
export function keyPhrases({ text, context }: Question): KeyPhrase[] {
  const own = contentWords(text, 1);
  const stems = new Set(own.map((phrase) => phrase.stem));
  return [...own, ...contentWords(context, CONTEXT).filter((phrase) => !stems.has(phrase.stem))];
}

function contentWords(question: string, weight: number): KeyPhrase[] {
  const found = new Map<string, KeyPhrase>();
  let before: { word: string; phrase: KeyPhrase } | undefined;
  for (const word of words(question)) {
    const root = stem(word);
    const known = found.get(root);
    if (isStopword(word) || (known === undefined && found.size >= MAX_PHRASES)) {
      before = undefined;
      continue;
    }
    const others = alike(root);
    const phrase = known ?? {
      text: word.toLowerCase(),
      stem: root,
      weight,
      alike: others,
      alikeStems: others.map(stem),
      joined: [],
    };
    found.set(root, phrase);
    if (before !== undefined) {
      const together = stem(before.word + word);
      before.phrase.joined.push(together);
      phrase.joined.push(together);
    }
    before = { word, phrase };
  }
  return [...found.values()];
}

function alike(root: string): string[] {
  const group = ALIKE.find((group) => group.some((word) => stem(word) === root)) ?? [];
  return group.filter((word) => stem(word) !== root);
}

/** First searches: the whole question, the same in other words, and neighbouring words together. */
export function firstQueries(phrases: KeyPhrase[]): string[] {
  const whole = phrases.map((phrase) => phrase.text).join(' ');
  const own = new Set(phrases.map((phrase) => phrase.stem));
  const others = [...new Set(phrases.flatMap((phrase) => [...phrase.alike, ...phrase.joined]))]
    .filter((word) => !own.has(stem(word)))
    .join(' ');
  const pairs = phrases.slice(1).map((phrase, i) => `${phrases[i]?.text ?? ''} ${phrase.text}`);
  const all = [whole, ...(others === '' ? [] : [`${whole} ${others}`]), ...pairs];
  return [...new Set(all.filter((query) => query !== ''))].slice(0, MAX_QUERIES);
}

/** Searches for what the first ones left open, one for each phrase. */
export function furtherQueries(open: KeyPhrase[], asked: ReadonlySet<string>): string[] {
  return open
    .map((phrase) => [phrase.text, ...phrase.alike, ...phrase.joined].join(' '))
    .filter((query) => !asked.has(query))
    .slice(0, MAX_QUERIES);
}

/** How well words say a phrase: 1 itself, 0.6 in another word for it, else 0. */
export function says(phrase: KeyPhrase, stems: ReadonlySet<string>): number {
  if (stems.has(phrase.stem) || phrase.joined.some((stem) => stems.has(stem))) return 1;
  return phrase.alikeStems.some((stem) => stems.has(stem)) ? 0.6 : 0;
}
