/** C3: whoever listened to a database before it was restored sees the restored one, not a mixture of both. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { initializeApp } from 'firebase/app';
import * as sdk from 'firebase/firestore';
import { expect, test } from 'vitest';
import { renewDatabase } from '../firestore/engine/store/renew.ts';
import { startFirestore } from '../firestore/server.ts';
import { eventually } from '../testing/eventually.ts';
import { makeBackup } from './make.ts';
import { restore } from './restore.ts';
import { servedSource } from './sources.ts';
import { makeFolders } from './testing.ts';

sdk.setLogLevel('silent');
const FILE = 'firestore.sqlite';

test('a listener of before the restore is told everything anew', async () => {
  using folders = makeFolders();
  mkdirSync(folders.db);
  const options = { data: join(folders.db, FILE), backups: folders.backups };
  let server = await startFirestore(options);
  const { port } = server;
  const connect = (name: string): sdk.Firestore => {
    const client = sdk.initializeFirestore(initializeApp({ projectId: 'p', apiKey: 'k' }, name), {});
    sdk.connectFirestoreEmulator(client, '127.0.0.1', port);
    return client;
  };
  const db = connect('listener');
  const writer = connect('writer');
  const seen: sdk.QuerySnapshot[] = [];
  const view = (): unknown =>
    Object.fromEntries((seen.at(-1)?.docs ?? []).map((doc) => [doc.id, doc.data()['n']]));
  try {
    const group = sdk.collection(db, 'c');
    for (const id of ['stays', 'changes', 'goes']) await sdk.setDoc(sdk.doc(writer, 'c', id), { n: 1 });
    const stop = sdk.onSnapshot(group, (snapshot) => seen.push(snapshot));
    await eventually(() => expect(view()).toEqual({ stays: 1, changes: 1, goes: 1 }));
    const set = await makeBackup(folders.backups, 'manual', [servedSource(FILE, server.url, 'owner')]);
    await sdk.setDoc(sdk.doc(writer, 'c', 'changes'), { n: 2 });
    await sdk.deleteDoc(sdk.doc(writer, 'c', 'goes'));
    await sdk.setDoc(sdk.doc(writer, 'c', 'comes'), { n: 2 });
    await eventually(() => expect(view()).toEqual({ stays: 1, changes: 2, comes: 2 }));
    await sdk.disableNetwork(db);
    await server.close();

    await restore(folders.db, folders.backups, set, [{ file: FILE, renew: renewDatabase }]);
    server = await startFirestore({ ...options, port });
    await sdk.enableNetwork(db);
    await eventually(() => expect(view()).toEqual({ stays: 1, changes: 1, goes: 1 }));
    expect(seen.at(-1)?.metadata.fromCache).toBe(false);
    stop();
  } finally {
    await Promise.all([sdk.terminate(db), sdk.terminate(writer)]);
    await server.close();
  }
});

test('a restored database does not believe the resume tokens of the one it replaces', async () => {
  using folders = makeFolders();
  mkdirSync(folders.db);
  const options = { data: join(folders.db, FILE), backups: folders.backups };
  const epochOf = (): unknown => {
    const db = new DatabaseSync(options.data);
    const found = db.prepare("SELECT value FROM meta WHERE name = 'epoch'").get()?.['value'];
    db.close();
    return found;
  };
  const server = await startFirestore(options);
  const set = await makeBackup(folders.backups, 'manual', [servedSource(FILE, server.url, 'owner')]);
  await server.close();
  const before = epochOf();
  await restore(folders.db, folders.backups, set, [{ file: FILE, renew: renewDatabase }]);
  await (await startFirestore(options)).close();
  expect(epochOf()).toMatch(/^[0-9a-f-]{36}$/);
  expect(epochOf()).not.toBe(before);
});
