import type { LookupAddress } from 'node:dns';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test } from 'vitest';
import { webhookSender } from './send.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OLD_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Received {
  headers: IncomingMessage['headers'];
  body: string;
}

/** A server on this machine; `answer` may keep its answer back. */
async function receiver(
  answer: (res: ServerResponse) => void,
): Promise<{ port: number; received: Received[] }> {
  const received: Received[] = [];
  const server: Server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    received.push({ headers: req.headers, body: Buffer.concat(chunks).toString() });
    answer(res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, received };
}

function sender(options: Partial<Parameters<typeof webhookSender>[0]> = {}) {
  const { send, close } = webhookSender({ secrets: [SECRET], allowPrivate: true, ...options });
  closing.push(close);
  return send;
}

const message = (url: string) => ({ id: 'msg_1', url, body: '{"type":"run.completed"}' });

describe('D12: sending a webhook', () => {
  test('is signed as Standard Webhooks says: the receiver verifies it with the secret, old or new', async () => {
    const { port, received } = await receiver((res) => res.writeHead(204).end());
    const send = sender({ secrets: [SECRET, OLD_SECRET] });
    const result = await send(message(`http://127.0.0.1:${port}/`), Date.now());
    expect(result).toMatchObject({ status: 204, error: null });
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    for (const secret of [SECRET, OLD_SECRET]) {
      const signed = headers as Record<string, string>;
      expect(new Webhook(secret).verify(body, signed)).toEqual({ type: 'run.completed' });
      expect(() => new Webhook(secret).verify(`${body} `, signed)).toThrow('signature');
    }
    expect(headers['webhook-id']).toBe('msg_1');
  });

  test('a redirect is an answer that was not 2xx, and is not followed', async () => {
    const target = await receiver((res) => res.end());
    const { port } = await receiver((res) =>
      res.writeHead(302, { location: `http://127.0.0.1:${target.port}/` }).end(),
    );
    expect(await sender()(message(`http://127.0.0.1:${port}/`), Date.now())).toMatchObject({ status: 302 });
    expect(target.received).toEqual([]);
  });

  test('Retry-After is handed on', async () => {
    const { port } = await receiver((res) => res.writeHead(503, { 'retry-after': '120' }).end());
    const result = await sender()(message(`http://127.0.0.1:${port}/`), Date.now());
    expect(result).toMatchObject({ status: 503, retryAfterMs: 120_000 });
  });

  test('an endless body is not taken in', async () => {
    let stopped = false;
    const { port } = await receiver((res) => {
      const more = () => {
        if (res.destroyed) stopped = true;
        else res.write(Buffer.alloc(65_536), () => setImmediate(more));
      };
      res.writeHead(200);
      more();
    });
    const result = await sender()(message(`http://127.0.0.1:${port}/`), Date.now());
    expect(result).toMatchObject({ status: 200, error: null });
    await expect.poll(() => stopped).toBe(true);
  });

  test('nobody answers in time -> an attempt without a status', async () => {
    const { port } = await receiver(() => undefined);
    const result = await sender({ timeoutMs: 100 })(message(`http://127.0.0.1:${port}/`), Date.now());
    expect(result).toMatchObject({ status: null, error: 'No answer within 0.1 s.' });
    expect(result.refused).not.toBe(true);
  });

  test('nothing listens -> an attempt without a status, to be tried again', async () => {
    const result = await sender()(message('http://127.0.0.1:1/'), Date.now());
    expect(result).toMatchObject({ status: null, refused: false });
  });
});

describe('D12: no private address, whatever the name says at first', () => {
  /** A resolver that says something else each time, as an attacker's does. */
  const resolver = (...answers: LookupAddress[][]) => {
    let asked = 0;
    const lookup: NonNullable<Parameters<typeof webhookSender>[0]['resolve']> = (
      _host,
      _options,
      callback,
    ) => {
      const found = answers[Math.min(asked, answers.length - 1)] ?? [];
      asked += 1;
      callback(null, found);
    };
    return { lookup, asked: () => asked };
  };
  const v4 = (address: string): LookupAddress => ({ address, family: 4 });

  test('a public name with a private address -> refused before anything is sent', async () => {
    const { lookup, asked } = resolver([v4('127.0.0.1')]);
    const send = sender({ allowPrivate: false, resolve: lookup });
    const result = await send(message('https://rebind.example/'), Date.now());
    expect(result).toMatchObject({
      status: null,
      refused: true,
      error: 'rebind.example has a private address.',
    });
    expect(asked()).toBe(1);
  });

  test('one private address among public ones -> refused', async () => {
    const { lookup } = resolver([v4('93.184.216.34'), { address: '::ffff:10.0.0.1', family: 6 }]);
    const send = sender({ allowPrivate: false, resolve: lookup });
    expect(await send(message('https://rebind.example/'), Date.now())).toMatchObject({ refused: true });
  });

  test('the name is asked once, and the connection is made to what was checked', async () => {
    const { port, received } = await receiver((res) => res.end());
    const { lookup, asked } = resolver([v4('127.0.0.1')], [v4('127.0.0.2')]);
    const send = sender({ resolve: lookup });
    const result = await send(message(`http://receiver.example:${port}/`), Date.now());
    expect(result).toMatchObject({ status: 200 });
    expect(asked()).toBe(1);
    expect(received[0]?.headers.host).toBe(`receiver.example:${port}`);
  });

  test('an address in the URL -> refused without a look-up', async () => {
    const { lookup, asked } = resolver([v4('93.184.216.34')]);
    const send = sender({ allowPrivate: false, resolve: lookup });
    expect(await send(message('https://[::1]/'), Date.now())).toMatchObject({ refused: true });
    expect(asked()).toBe(0);
  });

  test('no secret -> nothing is sent, and it is tried again', async () => {
    const { port, received } = await receiver((res) => res.end());
    const result = await sender({ secrets: [] })(message(`http://127.0.0.1:${port}/`), Date.now());
    expect(result).toMatchObject({ status: null, error: expect.stringContaining('WEBHOOK_SECRET') });
    expect(received).toEqual([]);
  });
});
