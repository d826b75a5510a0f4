import { connect } from 'node:http2';
import type { ClientHttp2Stream } from 'node:http2';
import { afterAll, expect, test } from 'vitest';
import { createEngine } from '../engine/engine.ts';
import { ADMIN } from '../engine/types.ts';
import type { FirestoreApi } from '../engine/types.ts';
import { listenMixed } from '../../net/listen-mixed.ts';
import { firestoreService } from '../protos.ts';
import { createGrpcServer } from './service.ts';
import { eventually } from '../../testing/eventually.ts';

const database = 'projects/p/databases/(default)';
const MAX_BACKLOG = 2 * 1024 * 1024;

const engine = createEngine();
let open = 0;
/** The engine, with a count of the listeners that are open. */
const api: FirestoreApi = {
  ...engine.api,
  listen(caller, send, fail) {
    const stream = engine.api.listen(caller, send, fail);
    open += 1;
    let closed = false;
    return {
      receive: (request) => stream.receive(request),
      close() {
        if (!closed) open -= 1;
        closed = true;
        stream.close();
      },
    };
  },
};
const grpcServer = createGrpcServer(
  api,
  (error) => {
    throw error;
  },
  undefined,
  MAX_BACKLOG,
);
const listener = await listenMixed({ host: '127.0.0.1', port: 0, grpcServer, httpHandler: () => undefined });
// Bare HTTP/2: Google's libraries take everything in, whether their program reads it or not.
const session = connect(`http://127.0.0.1:${String(listener.port)}`);
afterAll(async () => {
  session.destroy();
  await listener.close();
  engine.close();
});

function listen(): ClientHttp2Stream {
  const { path, requestSerialize } = firestoreService()['Listen'] ?? {};
  if (path === undefined || !requestSerialize) throw new Error('there is no method Listen');
  const structuredQuery = { from: [{ collectionId: 'c' }] };
  const query = { parent: `${database}/documents`, structuredQuery };
  const message = requestSerialize({ database, addTarget: { targetId: 1, query } });
  const prefix = Buffer.alloc(5); // not compressed, and the length
  prefix.writeUInt32BE(message.length, 1);
  const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
  const stream = session.request(headers);
  stream.on('error', () => undefined); // being cut off is one end of it
  stream.write(Buffer.concat([prefix, message]));
  return stream;
}

const TEXT = 2000;

/** 100 documents in one commit. */
async function write(round: number): Promise<void> {
  const fields = { text: { stringValue: 'x'.repeat(TEXT) } };
  const writes = Array.from({ length: 100 }, (_, i) => ({
    update: { name: `${database}/documents/c/${String(round)}-${String(i)}`, fields },
  }));
  await engine.api.commit({ database, writes }, ADMIN);
}

test('a listener that reads nothing is ended before it fills the memory; one that reads goes on', async () => {
  const idle = listen();
  const busy = listen();
  let bytes = 0;
  busy.on('data', (chunk: Buffer) => (bytes += chunk.length));
  await eventually(() => expect(open).toBe(2));
  for (let round = 0; round < 60; round += 1) {
    await write(round);
    await eventually(() => expect(bytes).toBeGreaterThan((round + 1) * 100 * TEXT)); // all that was written so far
  }
  expect(open).toBe(1);
  busy.close();
  idle.close();
  await eventually(() => expect(open).toBe(0));
});
