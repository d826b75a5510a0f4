import type { Passage } from '../library/index.ts';
import { terms } from '../library/terms.ts';
import { says, type KeyPhrase } from './key-phrases.ts';

export interface Ranked {
  passage: Passage;
  stems: ReadonlySet<string>;
  /** How much of the question the passage speaks of, rare words counting more: 0 to 1. */
  coverage: number;
  relevance: number;
}

/** A passage that speaks of less of the question than this is not about it. */
const MIN_COVERAGE = 0.5;
/** Maximal marginal relevance (Carbonell and Goldstein, 1998): how much relevance counts against novelty. */
const LAMBDA = 0.75;
const HEADING_BONUS = 0.5;

/** Relevant passages, best first. Empty when none is about the question. */
export function rank(passages: Passage[], phrases: KeyPhrase[]): Ranked[] {
  const weights = weigh(passages, phrases);
  const best = Math.max(...passages.map((passage) => passage.score), Number.MIN_VALUE);
  return passages
    .map((passage) => {
      const stems = new Set(terms(`${passage.title} ${passage.heading} ${passage.text}`));
      const coverage = covered(phrases, weights, stems);
      const heading = covered(phrases, weights, new Set(terms(passage.heading)));
      const relevance = coverage + HEADING_BONUS * heading + 0.5 * (passage.score / best);
      return { passage, stems, coverage, relevance };
    })
    .filter(({ coverage }) => coverage >= MIN_COVERAGE)
    .sort((a, b) => b.relevance - a.relevance);
}

/** The weight of each phrase; a word that most passages hold tells little. Adds up to 1. */
export function weigh(passages: Passage[], phrases: KeyPhrase[]): number[] {
  const all = passages.map((passage) => new Set(terms(`${passage.heading} ${passage.text}`)));
  const raw = phrases.map((phrase) => {
    const holding = all.filter((stems) => says(phrase, stems) === 1).length;
    return phrase.weight * Math.log(1 + (all.length + 1) / (holding + 1));
  });
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
    const value = (candidate: Ranked) =>
      LAMBDA * candidate.relevance -
      (1 - LAMBDA) * 2 * Math.max(0, ...picked.map((other) => jaccard(candidate.stems, other.stems)));
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
