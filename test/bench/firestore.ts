/**
 * The embedded Firestore through the real client, durable on disk: `node test/bench/firestore.ts [--json]`.
 * The server runs in a process of its own, as in use.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Firestore } from '@google-cloud/firestore';
import type { Query } from '@google-cloud/firestore';

const MAIN = fileURLToPath(new URL('../../infra/local/firestore/main.ts', import.meta.url));
const DOCUMENTS = 100_000;
const BATCH = 500;
const RATE_MS = 3000;
const SAMPLES = 200;
const STATES = ['pending', 'running', 'interrupted', 'completed', 'failed'];

interface Row {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
}

process.env['METADATA_SERVER_DETECTION'] = 'none';
const folder = mkdtempSync(join(tmpdir(), 'bench-firestore-'));
const server = spawn(process.execPath, [MAIN, '--data', join(folder, 'db.sqlite')], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  for await (const line of createInterface(server.stdout)) {
    const [, host] = /FIRESTORE_EMULATOR_HOST=([^)]+)/.exec(line) ?? [];
    if (host === undefined) throw new Error(`unexpected output: ${line}`);
    report(await measure(host));
    break;
  }
} finally {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(host: string): Promise<Row[]> {
  const db = connect(host);
  const rows: Row[] = [];
  const add = (name: string, unit: string, value: number): unknown => rows.push({ name, unit, value });
  add('durable set, 1 client', 'per s', await commitsPerSecond([db]));
  const clients = Array.from({ length: 32 }, () => connect(host));
  add('durable set, 32 clients', 'per s', await commitsPerSecond(clients));
  await Promise.all(clients.map((client) => client.terminate()));

  const runs = db.collection('runs');
  const start = performance.now();
  for (let i = 0; i < DOCUMENTS; i += BATCH) {
    const batch = db.batch();
    for (let n = i; n < i + BATCH; n += 1) {
      batch.set(runs.doc(`run-${String(n)}`), {
        status: STATES[n % STATES.length],
        created: (n * 7919) % DOCUMENTS,
        tags: [`t${String(n % 50)}`, `u${String(n % 7)}`],
        title: `Run number ${String(n)}`,
      });
    }
    await batch.commit();
  }
  add('documents written in batches', 'per s', DOCUMENTS / ((performance.now() - start) / 1000));

  const queries: Record<string, Query> = {
    'status == orderBy created desc limit 20': runs
      .where('status', '==', 'failed')
      .orderBy('created', 'desc')
      .limit(20),
    'array-contains orderBy created limit 20': runs
      .where('tags', 'array-contains', 't7')
      .orderBy('created')
      .limit(20),
    'range limit 20': runs.where('created', '>', DOCUMENTS / 2).limit(20),
  };
  for (const [name, query] of Object.entries(queries)) {
    const first = performance.now();
    await query.get();
    add(`${name}, first (may build an index)`, 'ms', performance.now() - first);
    const times = await sample(() => query.get());
    add(`${name}, p50`, 'ms', quantile(times, 0.5));
    add(`${name}, p95`, 'ms', quantile(times, 0.95));
  }
  const gets = await sample((i) => runs.doc(`run-${String(i * 37)}`).get());
  add('get, p50', 'ms', quantile(gets, 0.5));
  await db.terminate();
  return rows;
}

function connect(host: string): Firestore {
  process.env['FIRESTORE_EMULATOR_HOST'] = host;
  return new Firestore({ projectId: 'bench' });
}

async function commitsPerSecond(clients: readonly Firestore[]): Promise<number> {
  await Promise.all(clients.map((db) => db.doc('warm/up').get()));
  const end = performance.now() + RATE_MS;
  let count = 0;
  await Promise.all(
    clients.map(async (db, client) => {
      for (let i = 0; performance.now() < end; i += 1) {
        await db.doc(`rate/${String(client)}-${String(i)}`).set({ client, i, text: 'durable' });
        count += 1;
      }
    }),
  );
  return count / (RATE_MS / 1000);
}

async function sample(request: (i: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < SAMPLES; i += 1) {
    const start = performance.now();
    await request(i);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.floor(sorted.length * q)] ?? 0;
}

function report(rows: readonly Row[]): void {
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify(rows));
    return;
  }
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, unit, value } of rows) {
    const shown = value >= 100 ? value.toFixed(0) : value.toFixed(2);
    console.log(`${name.padEnd(width)}  ${shown.padStart(8)} ${unit}`);
  }
}
