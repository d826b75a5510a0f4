import { Firestore } from '@google-cloud/firestore';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bench } from './build.ts';
import type { Build } from './build.ts';
import { eventually } from '../../../testing/eventually.ts';

process.env['METADATA_SERVER_DETECTION'] = 'none';

/** What a server library packs, a web page loads; then the server is asked only for what has changed since. */
export function bundles(build: Build): void {
  describe('bundles', () => {
    const at = bench(build);
    const { loadBundle, namedQuery, getDocs, getDocsFromCache, onSnapshot, setDoc, doc } = at.sdk;
    let admin: Firestore;
    beforeAll(() => {
      const [host = '', port = ''] = at.address.split(':');
      const customHeaders = { Authorization: 'Bearer owner' };
      admin = new Firestore({ projectId: 'p', host, port: Number(port), ssl: false, customHeaders });
    });
    afterAll(() => admin.terminate());

    test('loaded -> read without a request; listened to -> resumed from the time of the bundle', async () => {
      const group = await at.seed({ a: { n: 1 }, b: { n: 2 }, c: { n: 3 } });
      const query = admin.collection(group.path).where('n', '>', 1).orderBy('n');
      const packed = admin
        .bundle('bundle')
        .add('above one', await query.get())
        .build();
      await setDoc(doc(at.other, group.path, 'c'), { n: 0 });
      await setDoc(doc(at.other, group.path, 'd'), { n: 4 });
      await fetch(`http://${at.address}/_/usage`, { method: 'DELETE' });

      const task = loadBundle(at.db, packed.toString());
      expect(await task).toMatchObject({ taskState: 'Success', documentsLoaded: 2, totalDocuments: 2 });
      const named = await namedQuery(at.db, 'above one');
      if (!named) throw new Error('the bundle brought no query');
      expect((await getDocsFromCache(named)).docs.map(({ id }) => id)).toEqual(['b', 'c']);

      const seen: string[] = [];
      const stop = onSnapshot(named, { includeMetadataChanges: true }, ({ docs, metadata }) =>
        seen.push(`${docs.map(({ id }) => id).join('')}${metadata.fromCache ? ' cached' : ''}`),
      );
      await eventually(() => expect(seen.at(-1)).toBe('bd'));
      expect(seen[0]).toBe('bc cached');
      const usage: unknown = await (await fetch(`http://${at.address}/_/usage`)).json();
      expect(usage).toMatchObject({ totals: { reads: 1 } });
      stop();
      expect((await getDocs(named)).docs.map(({ id }) => id)).toEqual(['b', 'd']);
    });
  });
}
