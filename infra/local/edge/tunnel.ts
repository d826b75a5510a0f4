/** WebSockets on their way to the API, as a load balancer passes them on: once both sides agreed, bytes in both directions. */
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream';
import { answerToUpgrade } from '../net/answer-upgrade.ts';
import { sendError } from './http.ts';
import { requestHeaders, responseHeaders } from './proxy-headers.ts';

export interface Tunnel {
  /** Answers with what the API says instead, or 502 when it is down. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends all that are open. */
  close(): void;
}

export function createTunnel(api: URL): Tunnel {
  const open = new Set<Duplex>();

  const join = (client: Duplex, upstream: Duplex): void => {
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      // Either side's end is the other's.
      pipeline(from, to, () => [client, upstream].forEach((side) => side.destroy()));
    }
  };

  return {
    open(request, socket, head) {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      socket.on('error', () => socket.destroy());
      const { upgrade } = request.headers;
      const upstream = httpRequest({
        agent: false,
        hostname: api.hostname.replaceAll(/[[\]]/g, ''),
        port: api.port || 80,
        method: request.method,
        path: request.url,
        headers: { ...requestHeaders(request), connection: 'Upgrade', upgrade },
      });
      const abort = (): unknown => upstream.destroy();
      socket.once('close', abort);
      upstream.once('upgrade', (answer, to, first) => {
        socket.off('close', abort);
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${rawHeaders(answer)}\r\n`);
        socket.write(first);
        to.write(head);
        join(socket, to);
      });
      upstream.once('response', (answer) => {
        const response = answerToUpgrade(request);
        response.writeHead(answer.statusCode ?? 502, responseHeaders(answer));
        pipeline(answer, response, () => undefined);
      });
      upstream.on('error', () => {
        if (!socket.writable || socket.destroyed) return;
        const message = 'The API cannot be reached. Try again in a moment.';
        sendError(answerToUpgrade(request), 502, 'api_unavailable', message);
      });
      upstream.end();
    },
    close: () => open.forEach((socket) => socket.destroy()),
  };
}

function rawHeaders({ rawHeaders: list }: IncomingMessage): string {
  return list.reduce((text, each, i) => text + (i % 2 === 0 ? `${each}: ` : `${each}\r\n`), '');
}
