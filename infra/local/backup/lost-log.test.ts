/** kill -9, and then the write-ahead log is gone or cut short: SQLite sees nothing, the witness does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { startFirestore } from '../firestore/server.ts';
import { startIdentity } from '../identity/server.ts';
import { startTasks } from '../tasks/server.ts';
import { heal } from './heal.ts';
import { inspect } from './inspect.ts';
import { makeBackup } from './make.ts';
import { restingSources } from './sources.ts';
import { makeFolders } from './testing.ts';

const OWNER = { authorization: 'Bearer owner', 'content-type': 'application/json' };

/** By what each server's database is changed durably, `n` times. */
const CHANGES: Record<string, (url: string, n: number) => Promise<unknown>> = {
  firestore: async (url, n) => {
    const name = 'projects/p/databases/(default)/documents/c/';
    for (let i = 0; i < n; i += 1) {
      const body = JSON.stringify({ writes: [{ update: { name: `${name}${crypto.randomUUID()}` } }] });
      await fetch(`${url}/v1/projects/p/databases/(default)/documents:commit`, {
        method: 'POST',
        headers: OWNER,
        body,
      });
    }
  },
  identity: async (url, n) => {
    for (let i = 0; i < n; i += 1) {
      await fetch(`${url}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=k`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
    }
  },
  // Each start makes a queue.
  tasks: (url) => fetch(`${url}/_/health`),
};

/** Changes a database by its server, which is killed then. */
async function changed(name: string, file: string, changes: number): Promise<void> {
  const program = join(import.meta.dirname, '..', name, 'main.ts');
  const queue = name === 'tasks' ? ['--queue', `projects/p/locations/l/queues/${crypto.randomUUID()}`] : [];
  const child = spawn(process.execPath, [program, '--data', file, ...queue], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const [line] = await once(createInterface(child.stdout), 'line');
  const [url = ''] = /http:\/\/[\d.:]+/.exec(String(line)) ?? [];
  await CHANGES[name]?.(url, changes);
  child.kill('SIGKILL');
  await exit;
}

describe.each(['firestore', 'identity', 'tasks'])('%s', (name) => {
  const file = `${name}.sqlite`;
  const stores = [{ file }];

  test('the log is removed -> the newest backup takes its place; without one the start says so', async () => {
    using folders = makeFolders();
    const { db, backups } = folders;
    mkdirSync(db);
    const path = join(db, file);
    await changed(name, path, 3);
    expect(await heal(db, backups, stores)).toEqual([]); // all of it is there
    const set = await makeBackup(backups, 'manual', restingSources(db, [file]));
    await changed(name, path, 3);
    rmSync(`${path}-wal`);
    const [healed, ...more] = await heal(db, backups, stores);
    expect(more).toEqual([]);
    expect(healed).toMatchObject({ file, from: { name: set.name } });
    expect(healed?.was).toContain('write-ahead log');
    expect(await heal(db, backups, stores)).toEqual([]);
    expect(existsSync(join(healed?.aside ?? '', `${file}-seen`))).toBe(true);
  });
});

test('a log that is cut short; and what to do when there is no backup', async () => {
  using folders = makeFolders();
  const { db, backups } = folders;
  mkdirSync(db);
  const path = join(db, 'firestore.sqlite');
  await changed('firestore', path, 5);
  truncateSync(`${path}-wal`, statSync(`${path}-wal`).size - 100);
  await expect(heal(db, backups, [{ file: 'firestore.sqlite' }])).rejects.toThrow(
    /last changes are gone .* delete .*firestore\.sqlite-seen/,
  );
  await expect(startFirestore({ data: path })).rejects.toThrow('its last changes are gone');
  rmSync(`${path}-seen`);
  expect(await heal(db, backups, [{ file: 'firestore.sqlite' }])).toEqual([]);
  await (await startFirestore({ data: path })).close();
});

test('a clean end and a new start -> nothing is missed', async () => {
  using folders = makeFolders();
  const { db } = folders;
  mkdirSync(db);
  for (const start of [startFirestore, startIdentity, startTasks]) {
    const data = join(db, `${start.name}.sqlite`);
    for (let i = 0; i < 3; i += 1) await (await start({ data })).close();
    expect((await inspect({ kind: 'live', file: data })).problem).toBeNull();
  }
});
