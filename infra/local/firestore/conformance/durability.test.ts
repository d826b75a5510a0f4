/** An acknowledged commit survives kill -9, and no batch is torn. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Firestore } from '@google-cloud/firestore';
import { afterAll, describe, expect, test } from 'vitest';

process.env['METADATA_SERVER_DETECTION'] = 'none';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'firestore-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  readonly child: ChildProcess;
  readonly lines: readonly string[];
  readonly address: string;
  readonly exit: Promise<number | null>;
}

async function run(...parameters: string[]): Promise<Running> {
  const child = spawn(process.execPath, [MAIN, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    void exit.then(() => reject(new Error('the server ended')));
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      const address = /FIRESTORE_EMULATOR_HOST=([^)]+)\)$/.exec(line)?.[1];
      if (address !== undefined) resolve({ child, lines, address, exit });
    });
  });
}

/** Does not wait for the client to end: when its server was killed it goes on trying for a while. */
async function withClient<T>(address: string, work: (db: Firestore) => Promise<T>): Promise<T> {
  const db = new Firestore({
    projectId: 'demo',
    host: address,
    ssl: false,
    customHeaders: { Authorization: 'Bearer owner' },
  });
  try {
    return await work(db);
  } finally {
    void db.terminate();
  }
}

/** Batches of three documents each, by several writers, until the server is killed. Answers which were acknowledged. */
async function writeUntilKilled({ address, child, exit }: Running, round: number): Promise<string[]> {
  const acknowledged: string[] = [];
  await withClient(address, async (db) => {
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; ; i += 1) {
        const id = `${String(round)}-${String(writer)}-${String(i)}`;
        const batch = db.batch();
        for (const part of ['a', 'b', 'c']) batch.set(db.doc(`${part}/${id}`), { id, part });
        await Promise.race([batch.commit(), exit.then(() => Promise.reject(new Error('killed')))]);
        acknowledged.push(id);
        if (acknowledged.length === 150) child.kill('SIGKILL');
      }
    });
    await Promise.allSettled(writers);
  });
  return acknowledged;
}

describe('durability', () => {
  test('kill -9 under load loses no acknowledged batch and tears none', async () => {
    const file = join(folder, 'killed.sqlite');
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      acknowledged.push(...(await writeUntilKilled(await run('--data', file), round)));
    }
    const { address, child, exit } = await run('--data', file);
    const [a, b, c] = await withClient(address, (db) =>
      Promise.all(
        ['a', 'b', 'c'].map(async (part) => (await db.collection(part).get()).docs.map((d) => d.id)),
      ),
    );
    expect(acknowledged.length).toBeGreaterThanOrEqual(450);
    const kept = new Set(a);
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    expect(b).toEqual(a);
    expect(c).toEqual(a);
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
  });

  test('a restart keeps documents, indexes and the order of time', async () => {
    const file = join(folder, 'restart.sqlite');
    const first = await run('--data', file);
    const before = await withClient(first.address, async (db) => {
      await db.doc('c/a').set({ n: 1, tags: ['x'] });
      return (await db.doc('c/b').delete()).writeTime;
    });
    first.child.kill('SIGINT');
    expect(await first.exit).toBe(0);
    const second = await run('--data', file);
    await withClient(second.address, async (db) => {
      expect((await db.collection('c').where('tags', 'array-contains', 'x').get()).size).toBe(1);
      const { writeTime } = await db.doc('c/a').set({ n: 2 });
      expect(writeTime.valueOf() > before.valueOf()).toBe(true);
    });
  });
});

describe('command line', () => {
  test('prints one line with its address', async () => {
    const { lines, child, exit, address } = await run('--port', '0', '--project', 'mine');
    const health: unknown = await (await fetch(`http://${address}/_/health`)).json();
    expect(health).toMatchObject({ project: 'mine' });
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(lines).toEqual([`firestore listening at http://${address} (FIRESTORE_EMULATOR_HOST=${address})`]);
  });

  const broken = join(folder, 'broken');
  writeFileSync(broken, '{ "indexes": 7 }');
  test.each([
    [['--prot', '1'], /Unknown option '--prot'/],
    [['--port', 'x'], /--port must be a port number/],
    [['--rules', join(folder, 'none')], /ENOENT/],
    [['--rules', broken], /1:1/],
    [['--indexes', broken], /"indexes" must be a list/],
  ])('%j: a clear message and exit code 1', async (parameters, message) => {
    const child = spawn(process.execPath, [MAIN, ...parameters], { stdio: ['ignore', 'ignore', 'pipe'] });
    children.push(child);
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1);
    expect(text).toMatch(message);
  });
});
