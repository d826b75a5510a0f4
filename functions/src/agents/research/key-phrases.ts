import { isStopword, stem, words } from '../library/terms.ts';

/** What a question is about. */
export interface KeyPhrase {
  text: string;
  /** Stems of the words, and of words that documentation uses for the same thing. */
  stems: string[];
  alike: string[];
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
const MAX_PHRASES = 12;
const MAX_QUERIES = 4;

/** The distinct content words of a question, in order. */
export function keyPhrases(question: string): KeyPhrase[] {
  const found = new Map<string, KeyPhrase>();
  for (const word of words(question)) {
    const root = stem(word);
    if (isStopword(word) || found.has(root) || found.size >= MAX_PHRASES) continue;
    found.set(root, { text: word.toLowerCase(), stems: [root], alike: alike(root) });
  }
  return [...found.values()];
}

function alike(root: string): string[] {
  const group = ALIKE.find((group) => group.some((word) => stem(word) === root)) ?? [];
  return group.map(stem).filter((other) => other !== root);
}

/** First searches: the whole question, the same in other words, and neighbouring words together. */
export function firstQueries(phrases: KeyPhrase[]): string[] {
  const whole = phrases.map((phrase) => phrase.text).join(' ');
  const others = phrases.flatMap((phrase) => phrase.alike).join(' ');
  const pairs = phrases.slice(1).map((phrase, i) => `${phrases[i]?.text ?? ''} ${phrase.text}`);
  const all = [whole, ...(others === '' ? [] : [`${whole} ${others}`]), ...pairs];
  return [...new Set(all.filter((query) => query !== ''))].slice(0, MAX_QUERIES);
}

/** Searches for what the first ones left open, one for each phrase. */
export function furtherQueries(open: KeyPhrase[], asked: ReadonlySet<string>): string[] {
  return open
    .map((phrase) => [phrase.text, ...phrase.alike].join(' '))
    .filter((query) => !asked.has(query))
    .slice(0, MAX_QUERIES);
}

/** How well words say a phrase: 1 itself, 0.6 in another word for it, else 0. */
export function says(phrase: KeyPhrase, stems: ReadonlySet<string>): number {
  if (phrase.stems.some((stem) => stems.has(stem))) return 1;
  return phrase.alike.some((stem) => stems.has(stem)) ? 0.6 : 0;
}
