import { expect, it } from 'vitest';
import { SpanBudget } from './span-budget.ts';
import type { Span } from './span.ts';

const span = (kind: Span['kind'], start: number): Span => ({
  id: '1',
  parent: '7',
  kind,
  name: 'x',
  start,
  end: start + 2,
  labels: {},
});
const admitted = (budget: SpanBudget, kind: Span['kind'], count: number) =>
  Array.from({ length: count }, (_, i) => budget.admits(span(kind, i))).filter(Boolean).length;

it('the first spans of each kind are let through, the others are one that tells of them', () => {
  const budget = new SpanBudget();
  expect(admitted(budget, 'storage', 130)).toBe(100);
  expect(admitted(budget, 'node', 10)).toBe(10);
  expect(budget.rest('7')).toMatchObject([
    {
      parent: '7',
      kind: 'storage',
      name: '30 more',
      start: 100,
      end: 131,
      labels: { count: '30', total_ms: '60.0' },
    },
  ]);
});

it('a smaller share, and never less than some', () => {
  const budget = new SpanBudget();
  budget.share = 0.25;
  expect(admitted(budget, 'node', 1_000)).toBe(50);
  budget.share = 0.001;
  expect(admitted(budget, 'model', 1_000)).toBe(10);
});
