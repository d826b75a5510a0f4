import { expect, it } from 'vitest';
import { toSpans } from './to-spans.ts';

const KEY = 'a'.repeat(32);
const span = (spanId: string, more: object = {}) => ({
  spanId,
  name: `span ${spanId}`,
  startTime: '2026-01-31T12:00:00.000250Z',
  endTime: '2026-01-31T12:00:01Z',
  labels: {
    '/longrun/run': KEY,
    '/longrun/kind': 'node',
    'g.co/gae/app/module': 'x',
    '/agent': 'y',
    outcome: 'failed',
  },
  ...more,
});
const NOON = Date.UTC(2026, 0, 31, 12);

it('fractions of a millisecond are kept, labels of machines are not', () => {
  expect(
    toSpans({ spans: [span('1', { parentSpanId: '0' }), span('2', { parentSpanId: '1' })] }, KEY),
  ).toEqual([
    expect.objectContaining({ span_id: '1', parent_span_id: null }),
    {
      span_id: '2',
      parent_span_id: '1',
      name: 'span 2',
      kind: 'node',
      start_ms: NOON + 0.25,
      end_ms: NOON + 1_000,
      labels: { outcome: 'failed' },
    },
  ]);
});

it('a span of another run with the same trace id is not shown, nor is one of nobody', () => {
  const labels = { '/longrun/run': 'b'.repeat(32) };
  expect(toSpans({ spans: [span('1', { labels }), span('2', { labels: undefined })] }, KEY)).toEqual([]);
});

it('a span that was sent twice is shown once, as it was last', () => {
  const later = span('1', { endTime: '2026-01-31T12:00:05Z' });
  expect(toSpans({ spans: [later, span('1')] }, KEY)).toMatchObject([{ end_ms: NOON + 5_000 }]);
});

it('an unknown kind is other; what is no span is left out; no spans are no error', () => {
  const odd = span('1', { labels: { '/longrun/run': KEY, '/longrun/kind': 'magic' } });
  expect(toSpans({ spans: [odd, null, { spanId: 5 }] }, KEY)).toMatchObject([
    { span_id: '1', kind: 'other' },
  ]);
  expect(toSpans({}, KEY)).toEqual([]);
});
