import { Firestore } from '@google-cloud/firestore';
import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  status,
  type MethodDefinition,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startFirestore, type FirestoreServer } from '../../../../infra/local/firestore/server.ts';
import { firestoreDocuments } from './documents.ts';

/** What Firestore says to a query that goes on as of a time which it no longer knows. */
const STALE = { code: status.FAILED_PRECONDITION, details: 'The requested read time is too old.' };
const SERVICE = '/google.firestore.v1.Firestore/';

let real: FirestoreServer;
let proxy: Server;
let db: Firestore;
/** Answers that are given before the server is asked, by method; and how often each method was called. */
const refusals = new Map<string, { code: status; details: string }[]>();
const calls = new Map<string, number>();

const raw = (method: string, responseStream: boolean): MethodDefinition<Buffer, Buffer> => ({
  path: SERVICE + method,
  requestStream: false,
  responseStream,
  requestSerialize: (bytes) => bytes,
  requestDeserialize: (bytes) => bytes,
  responseSerialize: (bytes) => bytes,
  responseDeserialize: (bytes) => bytes,
});

/** Between the client and the server: hands every call on, but for those that are to be refused. */
beforeAll(async () => {
  real = await startFirestore();
  const client = new Client(`127.0.0.1:${real.port}`, credentials.createInsecure());
  proxy = new Server();
  const refusal = (method: string) => {
    calls.set(method, (calls.get(method) ?? 0) + 1);
    return refusals.get(method)?.shift();
  };
  const streams = ['RunQuery', 'BatchGetDocuments'];
  const definitions = Object.fromEntries([
    ...streams.map((method) => [method, raw(method, true)] as const),
    ['Commit', raw('Commit', false)] as const,
  ]);
  proxy.addService(definitions, {
    ...Object.fromEntries(
      streams.map((method) => [
        method,
        (call: ServerWritableStream<Buffer, Buffer>) => {
          const refused = refusal(method);
          if (refused !== undefined) {
            // Without headers before it, the client's transport would try by itself for seconds.
            call.sendMetadata(new Metadata());
            call.emit('error', refused);
            return;
          }
          const { path, requestSerialize, responseDeserialize } = raw(method, true);
          const answers = client.makeServerStreamRequest(
            path,
            requestSerialize,
            responseDeserialize,
            call.request,
            call.metadata,
          );
          answers.on('data', (bytes: Buffer) => call.write(bytes));
          answers.on('error', (error) => call.emit('error', error));
          answers.on('end', () => call.end());
        },
      ]),
    ),
    Commit: (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => {
      const { path, requestSerialize, responseDeserialize } = raw('Commit', false);
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        call.request,
        call.metadata,
        callback,
      );
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    proxy.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  db = new Firestore({
    projectId: 'demo-local',
    host: `127.0.0.1:${port}`,
    ssl: false,
    customHeaders: { Authorization: 'Bearer owner' },
  });
  await firestoreDocuments(db).commit([{ op: 'create', path: 'c/a', fields: { n: 1 } }]);
});
afterAll(async () => {
  await db.terminate();
  proxy.forceShutdown();
  await real.close();
});
beforeEach(() => {
  refusals.clear();
  calls.clear();
});

describe('a read that the server refuses since its read time is gone', () => {
  const documents = () => firestoreDocuments(db);
  const refuse = (method: string, reads: number, refused = STALE) =>
    refusals.set(
      method,
      Array.from({ length: reads }, () => refused),
    );

  test.each([
    ['query', 'RunQuery', () => documents().query({ collection: 'c' })],
    ['get', 'BatchGetDocuments', () => documents().get(['c/a'])],
  ] as const)('%s refused -> made once more, and answered', async (_, method, read) => {
    refuse(method, 1);
    expect(await read()).toMatchObject([{ path: 'c/a', fields: { n: 1 } }]);
    expect(calls.get(method)).toBe(2);
  });

  test('refused again -> the error, as one of the storage', async () => {
    refuse('RunQuery', 2);
    await expect(documents().query({ collection: 'c' })).rejects.toMatchObject({
      name: 'StorageError',
      code: status.FAILED_PRECONDITION,
    });
    expect(calls.get('RunQuery')).toBe(2);
  });

  test('refused for another reason -> not made again', async () => {
    refuse('RunQuery', 2, { ...STALE, details: 'The query requires an index.' });
    await expect(documents().query({ collection: 'c' })).rejects.toThrow('requires an index');
    expect(calls.get('RunQuery')).toBe(1);
  });
});
