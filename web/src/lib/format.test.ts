import { expect, it } from 'vitest';
import { ago, cost, duration } from './format.ts';

it('durations are short', () => {
  expect([400, 58_340, 72_000, 7_500_000].map((ms) => duration(ms))).toEqual([
    '0.4 s',
    '58.3 s',
    '1 m 12 s',
    '2 h 05 m',
  ]);
  expect(duration(12_900, true)).toBe('12 s');
  expect(duration(-5)).toBe('0 ms');
  expect(duration(42)).toBe('42 ms');
  expect(duration(42, true)).toBe('0 s');
});

it('costs have the digits that matter', () => {
  expect([0, 1.236, 0.31, 0.031, 0.0031, 0.0004].map(cost)).toEqual([
    '$0',
    '$1.24',
    '$0.31',
    '$0.031',
    '$0.0031',
    '$0.0004',
  ]);
});

it('times are told from now', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  const told = [5_000, 180_000, 7_200_000, 90_000_000, 9 * 86_400_000].map((ms) => ago(now - ms, now));
  expect(told).toEqual(['just now', '3 min ago', '2 h ago', 'yesterday', 'Nov 12']);
});
