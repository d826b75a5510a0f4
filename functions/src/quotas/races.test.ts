import { readFile } from 'node:fs/promises';
import { Firestore } from '@google-cloud/firestore';
import { LongrunError, runsPath, usagePath } from '@longrun/shared';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFirestore } from '../../../infra/local/firestore/server.ts';
import { firestoreDocuments } from '../adapters/firestore/documents.ts';
import { dayOf } from '../domain/quotas.ts';
import { systemClock } from '../ports/clock.ts';
import { createRun } from '../runtime/runs/create-run.ts';
import { RunStore } from '../runtime/runs/run-store.ts';
import { testQuotas } from './testing.ts';

const INDEXES = new URL('../../../infra/firestore/firestore.indexes.json', import.meta.url);
/** Clients that know nothing of each other, as the instances of a function. */
const CLIENTS = 5;
const CREATIONS = 50;
const SLOW = 120_000;

let server: Awaited<ReturnType<typeof startFirestore>>;
let clients: Firestore[];
beforeAll(async () => {
  // With the indexes that production has: a query that needs another one fails here too.
  server = await startFirestore({ indexes: await readFile(INDEXES, 'utf8') });
  clients = Array.from(
    { length: CLIENTS },
    () =>
      new Firestore({
        projectId: 'demo-local',
        host: `127.0.0.1:${server.port}`,
        ssl: false,
        customHeaders: { Authorization: 'Bearer owner' },
      }),
  );
});
afterAll(async () => {
  for (const client of clients) await client.terminate();
  await server.close();
});

type Limits = Parameters<typeof testQuotas>[1];

/** All at once, from all clients; what became of each. */
async function race(
  limits: Limits,
  uidOf: (i: number) => string,
  creations = CREATIONS,
): Promise<{ made: string[]; refused: unknown[] }> {
  const instances = clients.map((db) => {
    const documents = firestoreDocuments(db);
    const store = new RunStore({ documents, clock: systemClock, ttlMs: 1_000 });
    return { store, quotas: testQuotas(documents, limits) };
  });
  const made: string[] = [];
  const refused: unknown[] = [];
  await Promise.all(
    Array.from({ length: creations }, async (_, i) => {
      const instance = instances[i % CLIENTS];
      if (instance === undefined) throw new Error('There is no such client.');
      const { store, quotas } = instance;
      try {
        const body = { assistant_id: 'a' };
        const { run } = await createRun(store, { uid: uidOf(i), body, quotas: { quotas, anonymous: false } });
        made.push(run.run_id);
      } catch (error) {
        if (!(error instanceof LongrunError) || error.code !== 'quota_exceeded') throw error;
        refused.push(error.details);
      }
    }),
  );
  return { made, refused };
}

const stored = async (uid: string) =>
  (await clients[0]?.collection(runsPath(uid)).count().get())?.data().count;

test('50 creations of one user at once, 7 at once allowed -> exactly 7', { timeout: SLOW }, async () => {
  const { made, refused } = await race({ user: { runs_at_once: 7 } }, () => 'ada');
  expect(made.length).toBe(7);
  expect(await stored('ada')).toBe(7);
  expect(refused).toEqual(
    Array.from({ length: 43 }, () => ({ what: 'runs_at_once', limit: 7, used: 7, until: null })),
  );
});

test('50 at once, 12 a day allowed -> exactly 12, and the day counts 12', { timeout: SLOW }, async () => {
  const day = dayOf(Date.now());
  const { made } = await race({ user: { runs_per_day: 12 } }, () => 'bob');
  expect(made.length).toBe(12);
  const usage = await clients[0]?.doc(usagePath('bob', day)).get();
  // A day may have ended meanwhile.
  if (dayOf(Date.now()) === day) expect(usage?.data()).toMatchObject({ runs: 12, cost_usd: 0 });
});

test(
  '50 users at once, 9 of all at once allowed beyond those that run -> exactly 9',
  { timeout: SLOW },
  async () => {
    const before = (await clients[0]?.collectionGroup('runs').count().get())?.data().count ?? 0;
    const { made, refused } = await race({ total: { runs_at_once: before + 9 } }, (i) => `user-${i}`);
    expect(made.length).toBe(9);
    expect(refused.length).toBe(41);
  },
);

test('20 at once, all allowed -> none is lost to the race', { timeout: SLOW }, async () => {
  const { made, refused } = await race({}, () => 'eve', 20);
  expect(refused).toEqual([]);
  expect(new Set(made).size).toBe(20);
  expect(await stored('eve')).toBe(20);
});
