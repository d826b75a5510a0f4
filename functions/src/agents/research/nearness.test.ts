import { expect, test } from 'vitest';
import { terms } from '../library/terms.ts';
import { keyPhrases, says } from './key-phrases.ts';
import { nearness } from './nearness.ts';

const asked = keyPhrases({ text: 'cancel queued task', context: '' });
const weights = [0.5, 0.25, 0.25];
const near = (text: string) => nearness(terms(text), asked, weights);

test('the words of the question side by side -> 1; farther apart -> less; apart or missing -> 0', () => {
  expect(near('cancel queued tasks')).toBe(1);
  expect(near('a queued task, once cancelled')).toBeGreaterThan(0.5);
  expect(near('cancel one two three queued four five task')).toBeLessThan(near('cancel one queued task'));
  expect(near('task a1 a2 a3 a4 a5 a6 a7 a8 a9 cancel b1 b2 b3 b4 b5 b6 b7 b8 b9 queue')).toBe(0);
  expect(near('nothing of it')).toBe(0);
  expect(near('')).toBe(0);
});

test('one word has no neighbour', () => {
  expect(nearness(['cancel'], keyPhrases({ text: 'cancel', context: '' }), [1])).toBe(0);
});

test('two words of the question written together say both', () => {
  const [source, map] = keyPhrases({ text: 'source map', context: '' });
  const stems = new Set(terms('generates sourcemaps'));
  expect([source, map].map((phrase) => phrase !== undefined && says(phrase, stems))).toEqual([1, 1]);
});
