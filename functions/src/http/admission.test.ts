import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { LongrunError } from '@longrun/shared';
import { listen } from '../../../infra/local/net/listen.ts';
import { admitted } from './admission.ts';
import { rawConnection } from './framework/testing.ts';

const MAX = 100_000;
/** What Node reads of a connection before anyone asks for it. */
const READ_AHEAD = 200_000;
let server: Server;
let url = '';
let connection: Promise<Socket>;
let bodies: number[] = [];

async function start(admit: () => Promise<unknown>): Promise<void> {
  bodies = [];
  const listener = admitted(
    (req, res) => {
      let bytes = 0;
      req.on('data', (chunk: Buffer) => (bytes += chunk.length));
      req.on('end', () => {
        bodies.push(bytes);
        res.end('taken');
      });
    },
    { maxBytes: MAX, admit },
  );
  server = createServer(listener);
  connection = once(server, 'connection').then(([socket]) => socket as Socket);
  url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`;
}
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const anyone = async () => undefined;
const nobody = () => Promise.reject(new LongrunError('unauthenticated', 'Sign in.'));
const head = (framing: string) => `POST / HTTP/1.1\r\nhost: a\r\n${framing}\r\n\r\n`;
const MEGABYTES = 20;

/** Sends far more than is allowed, as fast as it is taken; the answer, and how much the server read. */
async function flood(framing: string, chunk: string): Promise<{ answer: string; read: number }> {
  const { socket, answer } = rawConnection(url);
  socket.write(head(framing));
  const chunks = (MEGABYTES * 1_000_000) / chunk.length;
  for (let i = 0; i < chunks && !socket.destroyed; i += 1) {
    if (!socket.write(chunk)) {
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), answer]);
    }
  }
  const taken = await connection;
  return { answer: await answer, read: taken.bytesRead };
}
const plain = 'x'.repeat(10_000);
const chunked = `2710\r\n${plain}\r\n`;

describe('a body', () => {
  test('whose length is said to be too large -> 413, none of it is read', async () => {
    await start(anyone);
    const { answer, read } = await flood(`content-length: ${MEGABYTES * 1_000_000}`, plain);
    expect(answer).toMatch(/^HTTP\/1.1 413 [^]*"code":"too_large"/);
    expect(read).toBeLessThan(READ_AHEAD);
    expect(bodies).toEqual([]);
  });

  test('without a length -> 413 once it has become too large, nothing more is read', async () => {
    await start(anyone);
    const { answer, read } = await flood('transfer-encoding: chunked', chunked);
    expect(answer).toMatch(/^HTTP\/1.1 413 [^]*"code":"too_large"/);
    expect(read).toBeLessThan(MAX + READ_AHEAD);
    expect(bodies).toEqual([]);
  });

  test('of nobody -> 401, none of it is read, whatever is said of its length', async () => {
    await start(nobody);
    const { answer, read } = await flood('transfer-encoding: chunked', chunked);
    expect(answer).toMatch(/^HTTP\/1.1 401 [^]*"code":"unauthenticated"/);
    expect(read).toBeLessThan(READ_AHEAD);
    expect(bodies).toEqual([]);
  });

  test('a small one of nobody -> 401, and the connection can be used again', async () => {
    await start(nobody);
    const { socket } = rawConnection(url);
    const answers: string[] = [];
    for (let i = 0; i < 2; i += 1) {
      socket.write(`${head('content-length: 5')}hello`);
      answers.push(String((await once(socket, 'data'))[0]));
    }
    socket.destroy();
    expect(answers.join('')).toMatch(/^HTTP\/1.1 401 [^]*HTTP\/1.1 401 /);
    expect(bodies).toEqual([]);
  });

  test.each([
    ['of a length', { body: 'x'.repeat(MAX) }, MAX],
    ['without a length', { body: new Blob(['x'.repeat(MAX)]).stream(), duplex: 'half' }, MAX],
  ])('%s that is as large as it may be -> is taken whole', async (_, init, bytes) => {
    await start(anyone);
    const answer = await fetch(url, { method: 'POST', ...init } as RequestInit);
    expect([await answer.text(), bodies]).toEqual(['taken', [bytes]]);
  });

  test('none -> nobody is asked for a token here', async () => {
    await start(nobody);
    expect(await (await fetch(url)).text()).toBe('taken');
  });

  test('whose sender leaves while it is being admitted -> is not taken for an empty one', async () => {
    const asked = Promise.withResolvers<void>();
    const verdict = Promise.withResolvers<void>();
    await start(() => {
      asked.resolve();
      return verdict.promise;
    });
    const { socket } = rawConnection(url);
    socket.write(`${head('content-length: 10')}hello`);
    await asked.promise;
    socket.destroy();
    const left = await connection;
    await new Promise((resolve) => left.once('close', resolve));
    verdict.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(bodies).toEqual([]);
  });

  test('when it cannot be found out whose it is -> 503, and when to come again', async () => {
    await start(() => Promise.reject(new LongrunError('unavailable', 'Try again.')));
    const answer = await fetch(url, { method: 'POST', body: 'x' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
  });
});
