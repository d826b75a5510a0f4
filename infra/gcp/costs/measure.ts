/**
 * Counts what one run costs: `node infra/gcp/costs/measure.ts`, which writes measured.json. The reference run (30 s, 600
 * tokens, 12 node events) goes through all parts as processes of their own, watched in a real Chromium. About three minutes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Firestore, type DocumentReference } from '@google-cloud/firestore';
import { chromium, type Page } from 'playwright-core';
import { firestoreDocuments } from '../../../functions/src/adapters/firestore/documents.ts';
import { DEFAULT_TTL_HOURS } from '../../../functions/src/domain/limits.ts';
import { systemClock } from '../../../functions/src/ports/clock.ts';
import { tidy } from '../../../functions/src/runtime/housekeeping/tidy.ts';
import { RunStore } from '../../../functions/src/runtime/runs/run-store.ts';
import type { Api } from '../../../test/support/api.ts';
import { findBrowser } from '../../../test/support/browser.ts';
import { Stack } from '../../../test/support/stack.ts';
import { Tab } from '../../../test/support/tab.ts';
import type { Measured, Operations } from './measured.ts';

const REFERENCE = { steps: 6, delay_ms: 5_000, tokens: 100 };
const RUNS_BEFORE = 5;
const SHORT_MS = 4_000;
/** The run and half as much again, for a busy machine. */
const REFERENCE_MS = 45_000;
const IDLE_MS = 60_000;
/** How often the local stack sweeps; production sweeps each minute. */
const SWEEP_MS = 15_000;
const SETTLE_MS = 4_000;
const HOUR_MS = 3_600_000;
const TTL_MS = DEFAULT_TTL_HOURS * HOUR_MS;

const stack = await Stack.start();
const browser = await chromium.launch(findBrowser());
try {
  const measured = await measure(await browser.newPage());
  writeFileSync(new URL('measured.json', import.meta.url), `${JSON.stringify(measured, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(measured, null, 2)}\n`);
} finally {
  await browser.close();
  await stack.close();
}

async function measure(page: Page): Promise<Measured> {
  const tab = new Tab(page, stack);
  const traffic = await watchTraffic(page);
  const api = await tab.api();
  const pageBytes = traffic.take().site;
  for (let i = 0; i < RUNS_BEFORE; i += 1) await finish(api, { steps: 1, delay_ms: 1, tokens: 1 }, SHORT_MS);
  await sleep(SETTLE_MS);

  const opening = await counted(async () => {
    await tab.open();
    await tab.ready();
    await sleep(SETTLE_MS);
  });
  // Nobody watches: the page is elsewhere.
  await page.goto('about:blank');
  const idle = await counted(() => sleep(IDLE_MS));
  const sweep = scaled(idle.operations, SWEEP_MS / idle.ms);
  const without = (found: { operations: Operations; ms: number }) =>
    minus(found.operations, scaled(sweep, Math.round(found.ms / SWEEP_MS)));

  await tidyAt(TTL_MS + 2 * HOUR_MS);
  const logsBefore = logBytes();
  const alone = await counted(() => finish(api, REFERENCE, REFERENCE_MS));
  const logged = logBytes() - logsBefore;
  const stored = await withStore((firestore) => storedBytes(firestore));

  await tab.open();
  await tab.ready();
  await sleep(SETTLE_MS);
  traffic.take();
  let id = '';
  const watched = await counted(async () => {
    ({ run_id: id } = await api.run('slow', inputOf(REFERENCE)));
    await page.locator('.glimpse').first().click();
    await tab.status('completed');
    await sleep(SETTLE_MS);
  });
  const { apiRequests, api: apiBytes, firestore } = traffic.take();
  await page.goto('about:blank');

  const run = await api.get(id);
  // Both reference runs, as maintenance finds them an hour later, and when they have expired.
  const compaction = await counted(() => tidyAt(2 * HOUR_MS));
  const removal = await counted(() => tidyAt(TTL_MS + 2 * HOUR_MS));
  return {
    at: new Date().toISOString().slice(0, 10),
    reference: { seconds: 30, tokens: 600, node_events: 12 },
    run: without(alone),
    viewer: minus(without(watched), without(alone)),
    page: without(opening),
    compaction: scaled(without(compaction), 1 / 2),
    removal: scaled(without(removal), 1 / 2),
    sweep,
    worker_seconds:
      Math.round((Date.parse(run.finished_at ?? '') - Date.parse(run.started_at ?? '')) / 100) / 10,
    // Making the run is one more.
    api_requests: apiRequests + 1,
    bytes: { stored, page: pageBytes, api: apiBytes, listened: firestore, logged },
  };
}

function inputOf(shape: object) {
  return { messages: [{ role: 'user', content: 'reference' }], ...shape };
}

/** A run from its beginning to its end, asked about once: asking is billed as well. */
async function finish(api: Api, shape: object, waitMs: number): Promise<void> {
  const { run_id: id } = await api.run('slow', inputOf(shape));
  await sleep(waitMs);
  if ((await api.get(id)).finished_at === null)
    throw new Error('The run took too long: measure on a quiet machine.');
}

/** What maintenance would do when so much time has passed. */
async function tidyAt(laterMs: number): Promise<void> {
  const clock = { ...systemClock, now: () => Date.now() + laterMs };
  await withStore(async (firestore) => {
    await tidy(new RunStore({ documents: firestoreDocuments(firestore), clock, ttlMs: TTL_MS }));
  });
}

async function withStore<T>(work: (firestore: Firestore) => Promise<T>): Promise<T> {
  process.env['METADATA_SERVER_DETECTION'] = 'none';
  process.env['FIRESTORE_EMULATOR_HOST'] = new URL(stack.at.firestore).host;
  const firestore = new Firestore({
    projectId: stack.at.project,
    ignoreUndefinedProperties: true,
    customHeaders: { Authorization: stack.at.administrator },
  });
  try {
    return await work(firestore);
  } finally {
    await firestore.terminate();
  }
}

/** What was billed during some work. */
async function counted(work: () => Promise<unknown>): Promise<{ operations: Operations; ms: number }> {
  const usage = `${stack.at.firestore}/_/usage`;
  await fetch(usage, { method: 'DELETE' });
  const from = performance.now();
  await work();
  const ms = performance.now() - from;
  const { totals } = (await (await fetch(usage)).json()) as { totals: Operations };
  return { operations: totals, ms };
}

function scaled({ reads, writes, deletes }: Operations, factor: number): Operations {
  const times = (value: number) => Math.round(value * factor * 100) / 100;
  return { reads: times(reads), writes: times(writes), deletes: times(deletes) };
}

function minus(a: Operations, b: Operations): Operations {
  const less = (x: number, y: number) => Math.max(0, Math.round(x - y));
  return {
    reads: less(a.reads, b.reads),
    writes: less(a.writes, b.writes),
    deletes: less(a.deletes, b.deletes),
  };
}

/** Bytes on the wire, by who sent them; `take` begins anew. */
async function watchTraffic(page: Page) {
  const zero = () => ({ site: 0, api: 0, firestore: 0, apiRequests: 0 });
  let counts = zero();
  const kinds = new Map<string, 'site' | 'api' | 'firestore'>();
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.requestWillBeSent', ({ requestId, request }) => {
    const url = new URL(request.url);
    const own = url.origin === new URL(stack.at.edge).origin;
    const kind = !own ? 'firestore' : url.pathname.startsWith('/api') ? 'api' : 'site';
    kinds.set(requestId, kind);
    if (kind === 'api') counts.apiRequests += 1;
  });
  session.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId);
    if (kind !== undefined) counts[kind] += encodedDataLength;
  });
  return {
    take() {
      const taken = counts;
      counts = zero();
      return taken;
    },
  };
}

function logBytes(): number {
  const folder = join(stack.data, 'logs');
  return ['api', 'worker'].reduce((sum, part) => sum + readFileSync(join(folder, `${part}.log`)).length, 0);
}

/** Of all documents below the users, by Firestore's rule: https://firebase.google.com/docs/firestore/storage-size */
async function storedBytes(firestore: Firestore): Promise<number> {
  let bytes = 0;
  const visit = async (document: DocumentReference): Promise<void> => {
    const snapshot = await document.get();
    if (snapshot.exists) bytes += 32 + 16 + document.path.length + sizeOf(snapshot.data());
    for (const collection of await document.listCollections()) {
      for (const child of await collection.listDocuments()) await visit(child);
    }
  };
  for (const user of await firestore.collection('users').listDocuments()) await visit(user);
  return bytes;
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 1;
  if (typeof value === 'boolean' || value === null) return 1;
  if (Buffer.isBuffer(value)) return value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + sizeOf(each), 0);
  if (typeof value !== 'object' || value === undefined || 'toDate' in value) return 8;
  return Object.entries(value).reduce((sum, [name, each]) => sum + name.length + 1 + sizeOf(each), 0);
}
