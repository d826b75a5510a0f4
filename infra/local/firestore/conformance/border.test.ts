/** What a client may send that no library would: refused as a bad argument, never a defect, never the end of the server. */
import { Client, Metadata, credentials } from '@grpc/grpc-js';
import { afterAll, describe, expect, test } from 'vitest';
import { createEngine } from '../engine/engine.ts';
import { StatusError } from '../engine/status.ts';
import { ADMIN } from '../engine/types.ts';
import type { FirestoreApi, StructuredQuery, Value, Write } from '../engine/types.ts';
import { start } from './harness.ts';

const engine = createEngine();
afterAll(() => engine.close());
const database = 'projects/p/databases/(default)';
const root = `${database}/documents`;

async function statusOf(
  work: (api: FirestoreApi) => Promise<unknown> | AsyncIterable<unknown>,
): Promise<string> {
  try {
    const pending = work(engine.api);
    if (Symbol.asyncIterator in pending) for await (const _ of pending) continue;
    else await pending;
    return 'OK';
  } catch (error) {
    return error instanceof StatusError ? error.status : String(error);
  }
}

const deep = (levels: number): Value =>
  levels === 0 ? { nullValue: 'NULL_VALUE' } : { mapValue: { fields: { in: deep(levels - 1) } } };
const value = (fields: Record<string, Value>): Write => ({ update: { name: `${root}/c/d`, fields } });

describe('writes', () => {
  test.each<[string, Write]>([
    ['nothing', {}],
    ['no name', { update: { name: '' } }],
    ['a collection', { update: { name: `${root}/c` } }],
    ['the root', { delete: root }],
    ['an empty segment', { delete: `${root}/c//d/e` }],
    ['a dot', { delete: `${root}/c/..` }],
    ['another database', { delete: 'projects/q/databases/(default)/documents/c/d' }],
    ['an empty field name', value({ '': { nullValue: 'NULL_VALUE' } })],
    ['21 levels', value({ a: deep(21) })],
    ['a list in a list', value({ a: { arrayValue: { values: [{ arrayValue: {} }] } } })],
    ['an integer beyond 64 bits', value({ a: { integerValue: '9223372036854775808' } })],
    ['no integer', value({ a: { integerValue: 'x' } })],
    ['a malformed reference', value({ a: { referenceValue: 'x' } })],
    ['a place beyond the pole', value({ a: { geoPointValue: { latitude: 91 } } })],
    ['a time after the year 9999', value({ a: { timestampValue: { seconds: '253402300800' } } })],
    ['a vector of words', value({ a: vector([{ stringValue: 'x' }]) })],
    ['a malformed mask', { ...value({}), updateMask: { fieldPaths: ['a..b'] } }],
    ['an unclosed quote', { ...value({}), updateMask: { fieldPaths: ['`a'] } }],
    ['an empty transform', { ...value({}), updateTransforms: [{ fieldPath: 'a' }] }],
    [
      'an increment by a text',
      { ...value({}), updateTransforms: [{ fieldPath: 'a', increment: { stringValue: 'x' } }] },
    ],
    [
      '501 transforms',
      {
        ...value({}),
        updateTransforms: Array.from({ length: 501 }, () => ({
          fieldPath: 'a',
          setToServerValue: 'REQUEST_TIME' as const,
        })),
      },
    ],
    ['a verify without precondition', { verify: `${root}/c/d` }],
  ])('%s', async (_, write) => {
    expect(await statusOf((api) => api.commit({ database, writes: [write] }, ADMIN))).toBe(
      'INVALID_ARGUMENT',
    );
  });

  test('keys that JavaScript treats specially are ordinary field names', async () => {
    const fields = JSON.parse(
      '{"constructor":{"stringValue":"a"},"toString":{"mapValue":{"fields":{"x":{"booleanValue":true}}}}}',
    );
    expect(await statusOf((api) => api.commit({ database, writes: [value(fields)] }, ADMIN))).toBe('OK');
    expect((await engine.api.getDocument({ name: `${root}/c/d` }, ADMIN)).fields).toEqual(fields);
    expect(
      await statusOf((api) =>
        api.runQuery({ parent: root, structuredQuery: where('hasOwnProperty', {}) }, ADMIN),
      ),
    ).toBe('OK');
  });
});

function vector(values: Value[]): Value {
  return {
    mapValue: { fields: { __type__: { stringValue: '__vector__' }, value: { arrayValue: { values } } } },
  };
}

const from = [{ collectionId: 'c' }];
function where(fieldPath: string, operand: object): StructuredQuery {
  return {
    from,
    where: { fieldFilter: { field: { fieldPath }, op: 'EQUAL', value: { booleanValue: true }, ...operand } },
  };
}

describe('queries', () => {
  test.each<[string, StructuredQuery]>([
    ['no collection', {}],
    ['two collections', { from: [...from, ...from] }],
    ['a collection id with a slash', { from: [{ collectionId: 'a/b' }] }],
    ['no operator', where('a', { op: 'OPERATOR_UNSPECIFIED' })],
    ['an unknown operator', where('a', { op: 'LIKE' })],
    ['no field', where('', {})],
    ['in without a list', where('a', { op: 'IN' })],
    ['in with an empty list', where('a', { op: 'IN', value: { arrayValue: {} } })],
    ['a name that is no reference', where('__name__', {})],
    ['an empty composite filter', { from, where: { compositeFilter: { op: 'AND' } } }],
    ['a negative limit', { from, limit: { value: -1 } }],
    ['a negative offset', { from, offset: -1 }],
    [
      'more cursor values than orders',
      { from, startAt: { values: [{ booleanValue: true }, { booleanValue: true }] } },
    ],
    ['a cursor on the name that is no reference', { from, startAt: { values: [{ stringValue: 'x' }] } }],
    [
      'the same order twice',
      { from, orderBy: [{ field: { fieldPath: 'a' } }, { field: { fieldPath: 'a' } }] },
    ],
    ['nearest to nothing', { from, findNearest: { vectorField: { fieldPath: 'v' }, limit: { value: 1 } } }],
  ])('%s', async (_, structuredQuery) => {
    expect(await statusOf((api) => api.runQuery({ parent: root, structuredQuery }, ADMIN))).toBe(
      'INVALID_ARGUMENT',
    );
  });

  test('filters nested a thousand deep', async () => {
    let filter: StructuredQuery['where'] = where('a', {}).where;
    for (let i = 0; i < 1000; i += 1)
      filter = { compositeFilter: { op: 'OR', filters: filter ? [filter] : [] } };
    const structuredQuery: StructuredQuery = { from, ...(filter && { where: filter }) };
    expect(await statusOf((api) => api.runQuery({ parent: root, structuredQuery }, ADMIN))).toBe(
      'INVALID_ARGUMENT',
    );
  });
});

describe('other requests', () => {
  test.each<[string, (api: FirestoreApi) => Promise<unknown> | AsyncIterable<unknown>, string]>([
    ['a commit without database', (api) => api.commit({}, ADMIN), 'INVALID_ARGUMENT'],
    [
      'an unknown transaction',
      (api) => api.commit({ database, transaction: Buffer.from('x') }, ADMIN),
      'INVALID_ARGUMENT',
    ],
    ['a rollback of nothing', (api) => api.rollback({ database }, ADMIN), 'INVALID_ARGUMENT'],
    [
      'a read in the future',
      (api) => api.getDocument({ name: `${root}/c/d`, readTime: { seconds: '99999999999' } }, ADMIN),
      'INVALID_ARGUMENT',
    ],
    [
      'a read long ago',
      (api) => api.getDocument({ name: `${root}/c/d`, readTime: { seconds: '1' } }, ADMIN),
      'FAILED_PRECONDITION',
    ],
    [
      'no partitions',
      (api) =>
        api.partitionQuery(
          { parent: root, structuredQuery: { from: [{ collectionId: 'c', allDescendants: true }] } },
          ADMIN,
        ),
      'INVALID_ARGUMENT',
    ],
    [
      'partitions of a collection',
      (api) => api.partitionQuery({ parent: root, partitionCount: 2, structuredQuery: { from } }, ADMIN),
      'INVALID_ARGUMENT',
    ],
    [
      'a document created in a document',
      (api) => api.createDocument({ parent: `${root}/c`, collectionId: 'x' }, ADMIN),
      'INVALID_ARGUMENT',
    ],
    [
      'a negative page',
      (api) => api.listDocuments({ parent: root, collectionId: 'c', pageSize: -1 }, ADMIN),
      'INVALID_ARGUMENT',
    ],
    ['a missing document', (api) => api.getDocument({ name: `${root}/c/missing` }, ADMIN), 'NOT_FOUND'],
  ])('%s', async (_, work, status) => {
    expect(await statusOf(work)).toBe(status);
  });
});

describe('the wire', async () => {
  const { server, db } = await start();
  const client = new Client(`127.0.0.1:${String(server.port)}`, credentials.createInsecure());
  afterAll(() => client.close());
  const same = (bytes: Buffer): Buffer => bytes;
  const call = (method: string, bytes: Buffer): Promise<number> =>
    new Promise((resolve) => {
      const stream = client.makeBidiStreamRequest(
        `/google.firestore.v1.Firestore/${method}`,
        same,
        same,
        new Metadata(),
      );
      stream.on('data', () => stream.cancel());
      stream.on('error', (error: Error) => resolve(Number(Reflect.get(error, 'code'))));
      stream.end(bytes);
    });

  test('random bytes to every method leave the server in order', async () => {
    const methods = [
      'Commit',
      'RunQuery',
      'Listen',
      'Write',
      'BatchGetDocuments',
      'PartitionQuery',
      'ListDocuments',
      'BatchWrite',
    ];
    let seed = 42;
    const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31);
    await Promise.all(
      Array.from({ length: 400 }, (_, i) => {
        const bytes = Buffer.from(Array.from({ length: random() % 60 }, () => (random() >> 8) % 256));
        return call(methods[i % methods.length] ?? '', bytes);
      }),
    );
    await db.doc('still/here').set({ ok: true });
    expect((await db.doc('still/here').get()).get('ok')).toBe(true);
  });

  test.each(['ExecutePipeline', 'NoSuchMethod'])('%s: UNIMPLEMENTED', async (method) => {
    expect(await call(method, Buffer.alloc(0))).toBe(12);
  });
});
