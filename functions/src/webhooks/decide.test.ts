import { describe, expect, test } from 'vitest';
import { decideDelivery, MAX_ATTEMPTS } from './decide.ts';

const answered = (status: number, more = {}) => ({ status, error: null, ms: 1, ...more });

describe('D12: what follows an attempt', () => {
  test.each([200, 201, 204, 299])('%i -> delivered', (status) => {
    expect(decideDelivery(answered(status), 1, 0)).toEqual({ status: 'delivered' });
  });

  test.each([100, 301, 302, 400, 404, 429, 500, 503])('%i -> tried again', (status) => {
    expect(decideDelivery(answered(status), 1, 0)).toEqual({ status: 'pending', waitMs: 5_000 });
  });

  test('no answer -> tried again after 5 s, 30 s, 2 min, 10 min, 1 h, 6 h, 24 h, then given up', () => {
    const waits = Array.from({ length: MAX_ATTEMPTS }, (_, i) => {
      const decision = decideDelivery({ status: null, error: 'refused', ms: 1 }, i + 1, 0);
      return decision.status === 'pending' ? decision.waitMs / 1_000 : decision.status;
    });
    expect(waits).toEqual([5, 30, 120, 600, 3_600, 21_600, 86_400, 'failed']);
  });

  test('410, and a target to which nothing may be sent -> given up at once', () => {
    expect(decideDelivery(answered(410), 1, 0)).toEqual({ status: 'failed' });
    expect(decideDelivery({ status: null, error: 'x', ms: 1, refused: true }, 1, 0)).toEqual({
      status: 'failed',
    });
  });

  test('Retry-After lengthens a wait and never shortens one; chance adds a tenth at most', () => {
    expect(decideDelivery(answered(429, { retryAfterMs: 60_000 }), 1, 0)).toMatchObject({ waitMs: 60_000 });
    expect(decideDelivery(answered(429, { retryAfterMs: 1_000 }), 2, 0)).toMatchObject({ waitMs: 30_000 });
    expect(decideDelivery(answered(500), 1, 1)).toMatchObject({ waitMs: 5_500 });
  });
});
