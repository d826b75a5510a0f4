import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';

/** One call of the tool: when the step that made it had begun, and when it arrived. Milliseconds since 1970. */
export interface Call {
  startedAt: number;
  at: number;
}

/** A tool as agents call them: its effect happens once for a key, and it remembers every call. */
export async function startTool() {
  const calls = new Map<string, Call[]>();
  const server = createServer((request, response) => {
    take(request).then(
      (count) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ count })),
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });

  async function take(request: IncomingMessage): Promise<number> {
    const key = request.headers['idempotency-key'];
    const body: unknown = await json(request);
    if (typeof key !== 'string') throw new Error('A call needs an idempotency key.');
    if (typeof body !== 'object' || body === null || !('started_at' in body))
      throw new Error('No started_at.');
    const made = calls.get(key) ?? [];
    made.push({ startedAt: Number(body.started_at), at: Date.now() });
    calls.set(key, made);
    return made.length;
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The tool has no port.');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    callsOf: (key: string): readonly Call[] => calls.get(key) ?? [],
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
