import { describe, expect, test } from 'vitest';
import { passes, wrongWith } from './filters.ts';

const metadata = { owner: 'ada', n: 0, none: null, tags: ['a', 'b', 1], nested: { a: [1] } };

describe('metadata passes', () => {
  test.each([
    [{}],
    [{ owner: 'ada' }],
    [{ owner: { $eq: 'ada' }, n: 0 }],
    [{ n: { $eq: 0 }, none: null }],
    [{ tags: { $contains: 'a' } }],
    [{ tags: { $contains: ['a', 1] } }],
    [{ tags: { $contains: [] } }],
    [{ tags: { $eq: ['a', 'b', 1], $contains: 'b' } }],
    [{ nested: { $eq: { a: [1] } } }],
  ])('%j', (filters) => expect(passes(filters, metadata)).toBe(true));
});

describe('metadata does not pass', () => {
  test.each([
    [{ owner: 'bob' }],
    [{ owner: 'ada', n: 1 }],
    [{ owner: { $eq: '' } }],
    [{ missing: null }],
    [{ missing: { $eq: 'x' } }],
    [{ constructor: 'x' }],
    [{ tags: 'a' }],
    [{ tags: { $contains: 'c' } }],
    [{ tags: { $contains: ['a', 'c'] } }],
    [{ owner: { $contains: 'ada' } }],
    [{ owner: { $contains: [] } }],
    [{ tags: { $contains: 'a', $eq: 'a' } }],
    [JSON.parse('{"__proto__": "x"}')],
  ])('%j', (filters) => expect(passes(filters, metadata)).toBe(false));

  test('when there is none', () => expect(passes({ owner: 'ada' }, null)).toBe(false));
});

test('what would let everything pass without a word is no filter', () => {
  const wrong = [
    'ada',
    1,
    [],
    { org: undefined },
    { org: { $eq: undefined } },
    { org: { $in: ['a'] } },
    { org: {} },
    { org: ['a'] },
    { org: () => true },
  ];
  for (const filters of wrong) expect(wrongWith(filters)).not.toBeNull();
  for (const filters of [{}, { org: null }, { org: { $contains: ['a'] } }])
    expect(wrongWith(filters)).toBeNull();
});
