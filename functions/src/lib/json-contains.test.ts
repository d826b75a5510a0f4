import { expect, test } from 'vitest';
import { jsonContains } from './json-contains.ts';

const WHOLE = { a: 1, b: { c: [1, { d: 2, e: 3 }], f: null }, g: 'x' };

test.each([
  [{}, true],
  [{ a: 1 }, true],
  [{ a: 2 }, false],
  [{ b: { f: null } }, true],
  [{ b: { missing: null } }, false],
  [{ b: { c: [{ e: 3 }] } }, true],
  [{ b: { c: [2] } }, false],
  [{ b: { c: 1 } }, false],
  [{ g: { x: 1 } }, false],
  [{ toString: 'x' }, false],
])('%j in the example: %s', (part, isContained) => {
  expect(jsonContains(WHOLE, part)).toBe(isContained);
});
