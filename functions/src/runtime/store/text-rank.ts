import MiniSearch from 'minisearch';
import { isStopword, stem, words } from '../../agents/library/terms.ts';

export interface Scored<T> {
  item: T;
  /** Above 0 and below 1, higher for a better match; undefined for an item that has none of the words. */
  score: number | undefined;
}

const PREFIX_FROM = 4; // characters of a word from which it also finds longer ones
const FUZZY = 0.2; // share of a long word's letters that may differ
const FUZZY_FROM = 6;

/**
 * Ranks items by the words of a query (BM25+; forms of a word, beginnings and slips of spelling count less). Those
 * that say nothing about it follow in their own order, as in LangGraph's store for items without a vector.
 */
export function rankByText<T>(candidates: { item: T; texts: string[] }[], query: string): Scored<T>[] {
  const index = new MiniSearch<{ id: number; text: string }>({
    fields: ['text'],
    tokenize: words,
    processTerm: (word) => (isStopword(word) ? null : stem(word)),
    searchOptions: {
      combineWith: 'OR',
      prefix: (term) => term.length >= PREFIX_FROM,
      fuzzy: (term) => (term.length >= FUZZY_FROM ? FUZZY : false),
    },
  });
  for (const [id, { texts }] of candidates.entries()) index.add({ id, text: texts.join('\n') });
  const asked = Math.max(
    1,
    new Set(
      words(query)
        .filter((word) => !isStopword(word))
        .map(stem),
    ).size,
  );
  const scores = new Map(index.search(query).map(({ id, score }) => [Number(id), score]));
  const found = [...scores].flatMap(([id, score]) => {
    const candidate = candidates[id];
    // BM25 grows with the number of words asked for and has no upper end.
    return candidate === undefined ? [] : [{ item: candidate.item, score: score / (score + asked) }];
  });
  const rest = candidates.filter((_, id) => !scores.has(id));
  return [...found, ...rest.map(({ item }) => ({ item, score: undefined }))];
}
