import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import express from 'express';
import { expect, onTestFinished, test, vi } from 'vitest';
import { listen } from '../../../infra/local/net/listen.ts';
import { beginEventStream } from './event-stream.ts';

test('the head comes at once, and every five seconds a comment that no client takes for an event', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const app = express();
  app.get('/', (_req, res) => beginEventStream(res));
  const server = createServer(app);
  onTestFinished(() => server.closeAllConnections());
  const port = await listen(server, '127.0.0.1', 0);
  const [answer] = (await once(request({ port }).end(), 'response')) as [IncomingMessage];
  expect(answer.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
  });
  for (let beat = 0; beat < 3; beat += 1) {
    const data = once(answer, 'data');
    vi.advanceTimersByTime(5_000);
    // Only one newline: with a blank line some clients would make an event of it.
    expect(String((await data)[0])).toBe(': heartbeat\n');
  }
  answer.destroy();
  server.close();
});
