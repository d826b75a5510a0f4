import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/**
 * What stands before several instances of a function on Cloud Run: each request goes to the next instance that accepts
 * it, none gets 503, and one whose instance dies gets 502. Nothing is sent twice.
 */
export async function startBalancer(ports: readonly number[]) {
  let turn = 0;
  const server = createServer((request, response) => {
    const close = (error: unknown) => response.destroy(error instanceof Error ? error : undefined);
    buffer(request)
      .then((body) => tryInstances(request, body, response, ports.length))
      .catch(close);
  });

  async function tryInstances(
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
    left: number,
  ): Promise<void> {
    if (left === 0) return void response.writeHead(503, { 'retry-after': '1' }).end();
    turn = (turn + 1) % ports.length;
    const outcome = await forward(request, body, response, ports[turn] ?? 0);
    if (outcome === 'refused') await tryInstances(request, body, response, left - 1);
    else if (outcome === 'broken' && !response.headersSent) response.writeHead(502).end();
    else if (outcome === 'broken') response.destroy();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The balancer has no port.');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function forward(
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  port: number,
): Promise<'done' | 'refused' | 'broken'> {
  return new Promise((resolve) => {
    const { method, url, headers } = request;
    const upstream = httpRequest({ host: '127.0.0.1', port, method, path: url, headers, agent: false });
    const abort = () => upstream.destroy();
    response.once('close', abort);
    upstream.once('error', (error) => {
      resolve('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'broken');
    });
    upstream.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.once('error', () => resolve('broken'));
      answer.once('end', () => resolve('done'));
    });
    upstream.once('close', () => {
      response.off('close', abort);
      resolve('broken');
    });
    upstream.end(body);
  });
}
