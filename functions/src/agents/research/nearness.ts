import type { KeyPhrase } from './key-phrases.ts';

/** Words between two of the question that still belong together; farther apart they count less. */
const WINDOW = 8;

/**
 * How close together a passage says what the question does: for each two neighbouring words of the question, 1 when
 * they stand side by side, falling to 0 at WINDOW words. Weighted by how much the two tell; 0 to 1.
 */
export function nearness(terms: readonly string[], phrases: KeyPhrase[], weights: number[]): number {
  const places = phrases.map((phrase) => placesOf(terms, phrase));
  let sum = 0;
  let all = 0;
  for (let i = 1; i < phrases.length; i += 1) {
    const weight = (weights[i - 1] ?? 0) + (weights[i] ?? 0);
    all += weight;
    sum += weight * closeness(places[i - 1] ?? [], places[i] ?? []);
  }
  return all === 0 ? 0 : sum / all;
}

function placesOf(terms: readonly string[], phrase: KeyPhrase): number[] {
  const meant = new Set([phrase.stem, ...phrase.alikeStems]);
  return terms.flatMap((term, i) => (meant.has(term) ? [i] : []));
}

/** Both lists ascend, so one walk finds the smallest distance. */
function closeness(a: number[], b: number[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [left = 0, right = 0] = [a[i], b[j]];
    if (left !== right) least = Math.min(least, Math.abs(left - right));
    if (left <= right) i += 1;
    else j += 1;
  }
  return Math.max(0, 1 - (least - 1) / WINDOW);
}
