/** What production refuses, refused at once and with its words, through the real client. */
import { FieldPath, v1 } from '@google-cloud/firestore';
import { credentials } from '@grpc/grpc-js';
import { afterAll, describe, expect, test } from 'vitest';
import { codeOf, CODE, start } from './harness.ts';

const { server, db, collection } = await start();
const raw = new v1.FirestoreClient({
  projectId: 'demo',
  servicePath: '127.0.0.1',
  port: server.port,
  sslCreds: credentials.createInsecure(),
});
afterAll(() => raw.close());
const key = FieldPath.documentId();

describe('queries', () => {
  test.each([
    [
      'an inequality on a field that is ordered after the key',
      () => collection().where('n', '!=', 42).orderBy(key),
      'order by clause cannot contain more fields after the key',
    ],
    [
      'an order after the key',
      () => collection().orderBy(key).orderBy('n'),
      'order by clause cannot contain more fields after the key',
    ],
    [
      'an equality of the key beside an inequality of a field',
      () => collection().where('n', '!=', 42).where(key, '==', 'doc1'),
      'Equality on key is not allowed if there are other inequality fields',
    ],
  ])('%s', async (_, query, message) => {
    const pending = query().get();
    expect(await codeOf(pending)).toBe(CODE.INVALID_ARGUMENT);
    await expect(pending).rejects.toThrow(message);
  });

  test('but not an inequality of the key beside both', async () => {
    const c = collection();
    await c.doc('a').set({ n: 1 });
    expect((await c.where(key, '>=', 'a').where(key, '==', 'a').where('n', '>', 0).get()).size).toBe(1);
    expect((await c.where('n', '>', 0).where(key, '>=', 'a').orderBy('n').orderBy(key).get()).size).toBe(1);
  });
});

describe('calls', () => {
  test('a pipeline is UNIMPLEMENTED, and said to be with the answer’s headers', async () => {
    let headers = 0;
    const stream = raw.executePipeline({ database: 'projects/demo/databases/(default)' });
    stream.on('metadata', () => (headers += 1));
    const failed = new Promise((resolve) => stream.once('error', resolve));
    expect(await failed).toMatchObject({ code: CODE.UNIMPLEMENTED });
    expect(headers).toBe(1);
  });

  test('one document whose name is not valid refuses a whole batch of writes', async () => {
    const good = `${db.collection('batch').doc('a').path}`;
    const root = 'projects/demo/databases/(default)/documents';
    const writes = [`${root}/${good}`, `${root}/batch`].map((name) => ({ update: { name, fields: {} } }));
    const pending = raw.batchWrite({ database: 'projects/demo/databases/(default)', writes });
    expect(await codeOf(pending)).toBe(CODE.INVALID_ARGUMENT);
    expect((await db.doc(good).get()).exists).toBe(false);
  });
});
