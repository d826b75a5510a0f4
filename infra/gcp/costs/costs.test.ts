import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { instanceSeconds } from './instance-seconds.ts';
import type { Measured } from './measured.ts';
import { firestoreMonth, month, operationsOfDay, total } from './month.ts';
import { BALANCER, costOf, FIRESTORE } from './prices.ts';
import { basis, costTable } from './table.ts';

const measured: Measured = JSON.parse(readFileSync(new URL('measured.json', import.meta.url), 'utf8'));

const NOTHING = { reads: 0, writes: 0, deletes: 0 };
/** Counts that can be reckoned with in one's head. */
const ROUND: Measured = {
  at: '2026-01-01',
  reference: { seconds: 30, tokens: 600, node_events: 12 },
  run: { reads: 10, writes: 50, deletes: 0 },
  viewer: { reads: 30, writes: 0, deletes: 0 },
  page: { reads: 5, writes: 0, deletes: 0 },
  compaction: { reads: 20, writes: 2, deletes: 20 },
  removal: { reads: 10, writes: 1, deletes: 10 },
  sweep: { reads: 5, writes: 0, deletes: 0 },
  worker_seconds: 30,
  api_requests: 2,
  bytes: { stored: 50_000, page: 300_000, api: 10_000, listened: 100_000, logged: 4_000 },
};

describe('a price', () => {
  test('what is free costs nothing, and only the rest is paid', () => {
    expect(costOf(FIRESTORE.writes, 20_000)).toBe(0);
    expect(costOf(FIRESTORE.writes, 120_000)).toBeCloseTo(0.09);
    expect(costOf(FIRESTORE.reads, 49_999)).toBe(0);
    expect(costOf(FIRESTORE.reads, 1_050_000)).toBeCloseTo(0.3);
    expect(costOf(FIRESTORE.deletes, 120_000)).toBeCloseTo(0.01);
  });

  test('a forwarding rule costs about $18 a month', () => {
    expect(costOf(BALANCER.ruleHours, 730)).toBeCloseTo(18.25);
  });
});

describe('operations of a day', () => {
  test('5 runs, 3 openings of the page, 1,440 sweeps', () => {
    expect(operationsOfDay(ROUND, 1)).toEqual({
      reads: 5 * 70 + 3 * 5 + 1_440 * 5,
      writes: 5 * 53,
      deletes: 5 * 30,
    });
  });

  test('nobody there -> the sweeper alone', () => {
    expect(operationsOfDay(ROUND, 0)).toEqual({ ...NOTHING, reads: 7_200 });
  });

  test('the free amount is a day’s: what one day leaves over does not help the next', () => {
    // 1,000 users write 265,000 a day, of which 20,000 are free each day.
    const writes = firestoreMonth(ROUND, 1_000).find(({ name }) => name === 'Firestore: writes');
    expect(writes?.usd).toBeCloseTo((30 * 245_000 * 0.09) / 100_000);
  });
});

describe('time of instances', () => {
  const load = { requests: 100, seconds: 30, within: 28_800, concurrency: 10 };

  test('few requests -> each has an instance to itself, nearly', () => {
    const { requests, seconds } = { requests: 10, seconds: 30 };
    const time = instanceSeconds({ ...load, requests, seconds });
    expect(time).toBeLessThan(requests * seconds);
    expect(time).toBeGreaterThan(requests * seconds * 0.99);
  });

  test('one at a time in an instance -> the time of all requests', () => {
    expect(instanceSeconds({ ...load, requests: 10_000, concurrency: 1 })).toBeCloseTo(300_000, -1);
  });

  test('many requests -> they share, and never better than the limit', () => {
    const time = instanceSeconds({ ...load, requests: 50_000 });
    expect(time).toBeGreaterThan((50_000 * 30) / 10);
    expect(time).toBeLessThan((50_000 * 30) / 8);
  });
});

describe('the bill', () => {
  test('A14: 100 users x 5 runs a day stay within $0-5 of Firestore a month', () => {
    const usd = total(firestoreMonth(measured, 100));
    expect(usd).toBeGreaterThanOrEqual(0);
    expect(usd).toBeLessThanOrEqual(5);
  });

  test('A14 can fail: one write per event would cost far more', () => {
    const naive = { ...measured, run: { ...measured.run, writes: 1_224 } };
    expect(total(firestoreMonth(naive, 100))).toBeGreaterThan(5);
  });

  test('Firebase Hosting costs nothing at 10 users, the load balancer its fixed price', () => {
    const edge = (which: 'load-balancer' | 'firebase-hosting') =>
      total(month(measured, 10, which).filter(({ name }) => name.startsWith('Edge')));
    expect(edge('firebase-hosting')).toBe(0);
    expect(edge('load-balancer')).toBeGreaterThan(25);
    expect(edge('load-balancer')).toBeLessThan(27);
  });

  test('more users never cost less', () => {
    const totals = [10, 100, 1_000, 10_000].map((users) => total(month(measured, users, 'load-balancer')));
    expect(totals).toEqual([...totals].sort((a, b) => a - b));
  });

  test('no line is negative or unknown', () => {
    for (const { name, usd } of month(measured, 10_000, 'load-balancer')) {
      expect(usd, name).toBeGreaterThanOrEqual(0);
    }
  });
});

test('infra/README.md shows the table as it is computed', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  // Prettier pads the columns of tables.
  const plain = (text: string) => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
  expect(plain(readme)).toContain(plain(costTable(measured)));
  expect(plain(readme)).toContain(plain(basis(measured)));
});
