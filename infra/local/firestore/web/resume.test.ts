/** The web SDK comes back to a server that has forgotten what happened meanwhile. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initializeApp } from 'firebase/app';
import * as sdk from 'firebase/firestore';
import { expect, test } from 'vitest';
import { startFirestore } from '../server.ts';
import type { FirestoreServer } from '../server.ts';
import { eventually } from '../../testing/eventually.ts';

sdk.setLogLevel('silent');

// Canonically equivalent, but not the same ids; and one beyond the basic plane.
const SPECIAL = ['é', 'e\u0301', 'Smiley_\u{1F600}', '%2F'];

test('documents that left unseen are found by a bloom filter: only news are read again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'resume-'));
  const data = join(folder, 'db.sqlite');
  let server: FirestoreServer = await startFirestore({ data });
  const { port } = server;
  const localCache = sdk.memoryLocalCache({ garbageCollector: sdk.memoryLruGarbageCollector() });
  const db = sdk.initializeFirestore(initializeApp({ projectId: 'p', apiKey: 'k' }, 'one'), { localCache });
  sdk.connectFirestoreEmulator(db, '127.0.0.1', port);
  const group = sdk.collection(db, 'c');
  try {
    const ids = [...SPECIAL, ...Array.from({ length: 96 }, (_, i) => `doc${String(i)}`)];
    const batch = sdk.writeBatch(db);
    for (const id of ids) batch.set(sdk.doc(group, id), { key: 42 });
    await batch.commit();
    expect((await sdk.getDocs(group)).size).toBe(100);
    await sdk.disableNetwork(db);

    const other = sdk.initializeFirestore(initializeApp({ projectId: 'p', apiKey: 'k' }, 'other'), {});
    sdk.connectFirestoreEmulator(other, '127.0.0.1', port);
    const changes = sdk.writeBatch(other);
    for (const id of ids.slice(95)) changes.delete(sdk.doc(other, 'c', id));
    changes.set(sdk.doc(other, 'c/new'), { key: 42 });
    await changes.commit();
    await sdk.terminate(other);
    await server.close();
    server = await startFirestore({ data, port });

    await sdk.enableNetwork(db);
    const seen: sdk.QuerySnapshot[] = [];
    const stop = sdk.onSnapshot(group, (snapshot) => seen.push(snapshot));
    await eventually(() => expect(seen.at(-1)?.metadata.fromCache).toBe(false));
    const left = [...ids.slice(0, 95), 'new'].sort();
    expect(
      seen
        .at(-1)
        ?.docs.map(({ id }) => id)
        .sort(),
    ).toEqual(left);
    stop();
    // The new one, and a look at each that the filter does not know: 6 instead of 96.
    const usage: unknown = await (await fetch(`${server.url}/_/usage`)).json();
    expect(usage).toMatchObject({ totals: { reads: 6, writes: 0 } });
  } finally {
    await sdk.terminate(db);
    await server.close();
    rmSync(folder, { recursive: true });
  }
});
