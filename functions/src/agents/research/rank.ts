import type { Library, Passage } from '../library/index.ts';
import { terms } from '../library/terms.ts';
import { says, type KeyPhrase } from './key-phrases.ts';
import { nearness } from './nearness.ts';

export interface Ranked {
  passage: Passage;
  stems: ReadonlySet<string>;
  /** How much of the question the passage speaks of, rare words counting more: 0 to 1. */
  coverage: number;
  relevance: number;
}

/** What ranking needs to know of the library: as `Facts`, of each document and term that is asked for. */
export interface Knowledge {
  about(document: string): string;
  rarity(term: string): number;
}

export async function knowledgeOf(
  library: Pick<Library, 'facts'>,
  passages: readonly Passage[],
  phrases: readonly KeyPhrase[],
): Promise<Knowledge> {
  const documents = new Set(passages.map(({ document }) => document));
  const { about, rarity } = await library.facts(
    [...documents],
    phrases.map((phrase) => phrase.stem),
  );
  return { about: (document) => about.get(document) ?? '', rarity: (term) => rarity.get(term) ?? 1 };
}

/** A passage that speaks of less of the question than this is not about it. */
const MIN_COVERAGE = 0.5;
/** A word that only the document as a whole is about goes for so much of one that the passage says itself. */
const ABOUT = 0.7;
/** How much each sign adds to what the passage itself says. */
const SIGNS = { heading: 0.2, topic: 0.6, near: 0.2, score: 0.3 };
/** Maximal marginal relevance (Carbonell and Goldstein, 1998): how much relevance counts against novelty. */
const LAMBDA = 0.75;
/** So much less counts a passage for each one of its document that is picked already: others have their say too. */
const SAME_DOCUMENT = 0.12;

/** Relevant passages, best first. Empty when none is about the question. */
export function rank(passages: Passage[], phrases: KeyPhrase[], library: Knowledge): Ranked[] {
  const weights = weigh(phrases, library);
  const best = Math.max(...passages.map((passage) => passage.score), Number.MIN_VALUE);
  const topics = new Map<string, ReadonlySet<string>>();
  const topicOf = ({ document, title }: Passage) => {
    const topic = topics.get(document) ?? new Set(terms(`${title} ${library.about(document)}`));
    topics.set(document, topic);
    return topic;
  };
  return passages
    .map((passage) => {
      const own = terms(`${passage.title} ${passage.heading} ${passage.text}`);
      const stems = new Set(own);
      const topic = topicOf(passage);
      const coverage = phrases.reduce(
        (sum, phrase, i) =>
          sum + Math.max(says(phrase, stems), ABOUT * says(phrase, topic)) * (weights[i] ?? 0),
        0,
      );
      const relevance =
        coverage +
        SIGNS.heading * covered(phrases, weights, new Set(terms(passage.heading))) +
        SIGNS.topic * covered(phrases, weights, topic) +
        SIGNS.near * nearness(own, phrases, weights) +
        SIGNS.score * (passage.score / best);
      return { passage, stems, coverage, relevance };
    })
    .filter(({ coverage }) => coverage >= MIN_COVERAGE)
    .sort((a, b) => b.relevance - a.relevance);
}

/** The weight of each phrase; a word that many passages of the library hold tells little. Adds up to 1. */
export function weigh(phrases: KeyPhrase[], { rarity }: Pick<Knowledge, 'rarity'>): number[] {
  const raw = phrases.map((phrase) => phrase.weight * rarity(phrase.stem));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return raw.map((weight) => weight / (sum === 0 ? 1 : sum));
}

/** The share of the phrases' weight that words speak of. */
export function covered(phrases: KeyPhrase[], weights: number[], stems: ReadonlySet<string>): number {
  return phrases.reduce((sum, phrase, i) => sum + says(phrase, stems) * (weights[i] ?? 0), 0);
}

/** Picks at most `limit`, each relevant and unlike those before it. */
export function diverse(ranked: Ranked[], limit: number): Ranked[] {
  const rest = [...ranked];
  const picked: Ranked[] = [];
  while (picked.length < limit && rest.length > 0) {
    const value = ({ relevance, stems, passage }: Ranked) =>
      LAMBDA * relevance -
      (1 - LAMBDA) * 2 * Math.max(0, ...picked.map((other) => jaccard(stems, other.stems))) -
      SAME_DOCUMENT * picked.filter((other) => other.passage.document === passage.document).length;
    const next = rest.reduce((best, candidate) => (value(candidate) > value(best) ? candidate : best));
    rest.splice(rest.indexOf(next), 1);
    picked.push(next);
  }
  return picked;
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((stem) => b.has(stem)).length;
  const either = a.size + b.size - both;
  return either === 0 ? 0 : both / either;
}
