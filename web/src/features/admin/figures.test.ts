import { describe, expect, it } from 'vitest';
import { bytes, percent } from './figures.ts';

describe('figures for operators', () => {
  it.each([
    [0, '0 B'],
    [812, '812 B'],
    [4_321_000, '4.3 MB'],
    [456_000_000, '456 MB'],
    [1_300_000_000_000_000, '1300 TB'],
  ])('%i bytes -> %s', (n, text) => expect(bytes(n)).toBe(text));

  it.each([
    [100, '100 %'],
    [97.34, '97.3 %'],
    [0, '0 %'],
  ])('%f -> %s', (n, text) => expect(percent(n)).toBe(text));
});
