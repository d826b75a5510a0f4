import { createServer } from 'node:net';
import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { PATIENCE_MS } from '../../../../test/support/patience.ts';
import { listen } from '../../net/listen.ts';
import { Cleanup, startTarget } from '../test-support.ts';
import { createSender } from './send.ts';
import { eventually } from '../../testing/eventually.ts';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const to = (url: string) => ({ url, method: 'POST' as const, headers: {}, body: Buffer.from('x') });
const sender = () => cleanup.add(createSender(), (s) => s.stop());

test('no answer before the deadline -> the request is aborted', async () => {
  let held: ServerResponse | undefined;
  const target = await startTarget((_, response) => void (held = response));
  cleanup.add(target, (t) => t.close());
  expect(await sender().send(to(target.url), {}, 100)).toEqual({ kind: 'deadline' });
  await eventually(() => expect(held?.destroyed).toBe(true));
});

test('an answer whose body never ends -> the deadline too', async () => {
  const target = await startTarget((_, response) => void response.write('...'));
  cleanup.add(target, (t) => t.close());
  expect(await sender().send(to(target.url), {}, 100)).toEqual({ kind: 'deadline' });
});

test('nobody listens, or what listens speaks no HTTP -> unreachable', async () => {
  const server = createServer((socket) => socket.resume().end('SSH-2.0-hello\r\n'));
  const port = await listen(server, '127.0.0.1', 0);
  expect(await sender().send(to(`http://127.0.0.1:${port}`), {}, PATIENCE_MS)).toMatchObject({
    kind: 'unreachable',
  });
  await new Promise((resolve) => server.close(resolve));
  expect(await sender().send(to(`http://127.0.0.1:${port}`), {}, PATIENCE_MS)).toMatchObject({
    kind: 'unreachable',
  });
});

test('a pooled connection that the target closed meanwhile is no attempt', async () => {
  const target = await startTarget();
  cleanup.add(target, (t) => t.close());
  const { send } = sender();
  for (let i = 0; i < 5; i += 1) {
    expect(await send(to(target.url), {}, PATIENCE_MS)).toMatchObject({ kind: 'response', status: 200 });
    target.dropIdle();
  }
  expect(target.deliveries).toHaveLength(5);
});

test('stopped -> the attempt does not count', async () => {
  const target = await startTarget(() => undefined);
  cleanup.add(target, (t) => t.close());
  const { send, stop } = createSender();
  const outcome = send(to(target.url), {}, PATIENCE_MS);
  await eventually(() => expect(target.deliveries).toHaveLength(1));
  stop();
  expect(await outcome).toEqual({ kind: 'stopped' });
  expect(await send(to(target.url), {}, PATIENCE_MS)).toEqual({ kind: 'stopped' });
});
