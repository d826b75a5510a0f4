import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ID_PATTERN, LongrunError, MAX_BODY_BYTES } from '@longrun/shared';
import { lazy } from '../../../../lib/lazy.ts';
import { log } from '../../../../telemetry/log.ts';
import type { Authenticate } from '../../../auth.ts';
import { permit } from '../../access/authorize.ts';
import type { CorsRules } from '../../cors.ts';
import type { AgentParts } from '../../parts.ts';
import { ThreadConnection } from './connection.ts';
import { offered, SUBPROTOCOL, withCredential } from './credential.ts';

/** Requests that become WebSockets; every other one that asks for it is answered as any request. */
export interface Upgrade {
  takes: (req: IncomingMessage) => boolean;
  accept: (req: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

const PATH = /^\/api\/threads\/([^/]+)\/stream\/events$/;

/** Threads over WebSockets. Who connects is known, and a page is of an origin that may call the API, before the connection is one. */
export function threadSockets(
  parts: AgentParts,
  { authenticate, cors }: { authenticate: Authenticate; cors: CorsRules | null },
): Upgrade {
  // No part of a cold start. Nothing is compressed: what waits for a reader is then counted by its connection.
  const server = lazy(async () => {
    const { WebSocketServer } = await import('ws');
    return new WebSocketServer({
      noServer: true,
      maxPayload: MAX_BODY_BYTES,
      perMessageDeflate: false,
      handleProtocols: (names) => (names.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
  });

  const connect = async (req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    if (parts.requests.closing.aborted) {
      throw new LongrunError('unavailable', 'The server is restarting; connect again.');
    }
    checkOrigin(req, cors);
    const names = offered(req.headers);
    if (names.length > 0 && !names.includes(SUBPROTOCOL)) {
      throw new LongrunError(
        'invalid_request',
        `Sec-WebSocket-Protocol: offer "${SUBPROTOCOL}", which a client is told was chosen, beside the credential.`,
      );
    }
    const headers = withCredential(req.headers);
    const [user, sockets] = await Promise.all([authenticate({ headers }), server()]);
    const threadId = threadIdOf(req);
    const asked = { user, body: undefined, query: {}, req: { params: { thread_id: threadId }, query: {} } };
    await permit(parts.services, { acts: 'threads:read' }, asked);
    if (socket.destroyed) return;
    sockets.handleUpgrade(req, socket, head, (ws) => {
      new ThreadConnection(parts, { user, headers, threadId, authenticate }, ws, socket).begin();
    });
  };

  return {
    takes: ({ method, headers, url }) =>
      method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && PATH.test(pathOf(url)),
    accept: (req, socket, head) => {
      socket.on('error', () => socket.destroy());
      connect(req, socket, head).catch((error: unknown) => refuse(req, known(error)));
    },
  };
}

/** Browsers ask nobody before they open a WebSocket: whether the page may is to be said here. */
function checkOrigin({ headers: { origin, host } }: IncomingMessage, cors: CorsRules | null): void {
  if (origin === undefined || URL.parse(origin)?.host === host || cors?.allows(origin) === true) return;
  throw new LongrunError('forbidden', `Pages of ${origin.slice(0, 200)} may not call this API.`);
}

const pathOf = (url = ''): string => url.split('?', 1)[0] ?? '';

function threadIdOf({ url }: IncomingMessage): string {
  const [, id = ''] = PATH.exec(pathOf(url)) ?? [];
  // No id of ours has anything to decode.
  if (!ID_PATTERN.test(id)) throw new LongrunError('not_found', 'There is no such thread.');
  return id;
}

/** On a connection that Node takes for another protocol's by now. */
function refuse(req: IncomingMessage, error: LongrunError): void {
  const { socket } = req;
  const res = new ServerResponse(req);
  res.shouldKeepAlive = false;
  res.assignSocket(socket);
  res.once('finish', () => socket.end());
  const body = JSON.stringify(error.toBody());
  res.writeHead(error.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...(error.status === 503 ? { 'retry-after': '2' } : {}),
  });
  res.end(body);
}

function known(error: unknown): LongrunError {
  if (error instanceof LongrunError) return error;
  log.error('A WebSocket could not be accepted.', error);
  return new LongrunError('internal', 'Something unexpected went wrong; it was logged. Try again.');
}
