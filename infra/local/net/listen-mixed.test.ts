import { connect } from 'node:net';
import { Client, Server, credentials } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { listenMixed } from './listen-mixed.ts';
import type { MixedListener } from './listen-mixed.ts';

let listener: MixedListener | undefined;
const closers: (() => void)[] = [];
afterEach(async () => {
  closers.splice(0).forEach((close) => close());
  await listener?.close();
});

const PATH = '/test.Echo/Say';
const same = (bytes: Buffer): Buffer => bytes;

async function start(): Promise<MixedListener> {
  const grpcServer = new Server();
  grpcServer.register(
    PATH,
    (call: { request: Buffer }, callback: (e: null, v: Buffer) => void) => callback(null, call.request),
    same,
    same,
    'unary',
  );
  listener = await listenMixed({
    host: '127.0.0.1',
    port: 0,
    grpcServer,
    httpHandler: (request, response) => void request.pipe(response),
  });
  return listener;
}

function say(port: number, words: Buffer): Promise<Buffer | undefined> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  closers.push(() => client.close());
  return new Promise((resolve, reject) =>
    client.makeUnaryRequest(PATH, same, same, words, (error, value) =>
      error ? reject(error) : resolve(value),
    ),
  );
}

/** Sends each piece in a packet of its own and collects what comes back until `done`. */
function raw(port: number, pieces: string[], done: (got: Buffer) => boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let got = Buffer.alloc(0);
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      const next = (): void => {
        const piece = pieces.shift();
        if (piece !== undefined) socket.write(piece, () => setImmediate(next));
      };
      next();
    });
    closers.push(() => socket.destroy());
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      got = Buffer.concat([got, chunk]);
      if (done(got)) resolve(got);
    });
  });
}

describe('one port for gRPC and HTTP', () => {
  test('HTTP and gRPC clients are both served, at the same time', async () => {
    const { port } = await start();
    const body = 'x'.repeat(200_000);
    const [http, grpc] = await Promise.all([
      fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body }).then((r) => r.text()),
      say(port, Buffer.from('hello')),
    ]);
    expect(http).toBe(body);
    expect(grpc?.toString()).toBe('hello');
  });

  test('a preface torn into single bytes still reaches gRPC: it answers with a SETTINGS frame', async () => {
    const { port } = await start();
    const preface = [...'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '\0\0\0\x04\0\0\0\0\0'];
    const answer = await raw(port, preface, (got) => got.length >= 9);
    expect(answer[3]).toBe(4);
  });

  test('an HTTP method that begins like the preface stays HTTP', async () => {
    const { port } = await start();
    const answer = await raw(port, ['P', 'R', 'OPFIND / HTTP/1.1\r\nhost: x\r\n\r\n'], (got) =>
      got.includes('\r\n\r\n'),
    );
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200/);
  });

  test('garbage ends that connection and no other', async () => {
    const { port } = await start();
    await raw(port, ['\0\xff\x01garbage\r\n\r\n'], (got) => got.includes('400'));
    expect((await say(port, Buffer.from('still here')))?.toString()).toBe('still here');
  });

  test('close cuts off what outlives the grace, and can be called twice', async () => {
    const { port, close } = await start();
    const open = fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      body: new ReadableStream(),
      duplex: 'half',
    });
    open.catch(() => undefined);
    await say(port, Buffer.from('connected'));
    await Promise.all([close(50), close(50)]);
    await expect(open).rejects.toThrow();
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  test('a port in use is refused with an error', async () => {
    const { port } = await start();
    const again = listenMixed({
      host: '127.0.0.1',
      port,
      grpcServer: new Server(),
      httpHandler: () => undefined,
    });
    await expect(again).rejects.toThrow(/EADDRINUSE/);
  });
});
