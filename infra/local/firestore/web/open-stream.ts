/** Listen and Write behind a WebChannel: JSON on one side, the engine's messages on the other. */
import type { Administrators } from '../../access/administrators.ts';
import { StatusError, invalid } from '../engine/status.ts';
import type {
  Caller,
  Fail,
  FirestoreApi,
  ListenRequest,
  Send,
  ServerStream,
  WriteRequest,
} from '../engine/types.ts';
import { authenticate, expiresAt } from './auth.ts';
import type { OpenStream } from './channel/handler.ts';
import type { Stream } from './channel/session.ts';
import { messageFromJson } from './json/from-json.ts';
import type { Message } from './json/kinds.ts';
import { LISTEN_REQUEST, LISTEN_RESPONSE, WRITE_REQUEST, WRITE_RESPONSE } from './json/schema.ts';
import { messageToJson } from './json/to-json.ts';
import { TargetLimit } from './target-limit.ts';

const MAX_TIMER_MS = 2 ** 31 - 1;

export function openListen(
  api: FirestoreApi,
  administrators: Administrators,
  maxTargets: number,
): OpenStream {
  return (opening, send, fail) => {
    const targets = new TargetLimit(maxTargets);
    return open<ListenRequest, object>(opening, administrators, send, fail, LISTEN_REQUEST, LISTEN_RESPONSE, {
      start: (caller, forward, end) => api.listen(caller, forward, end),
      check: (request) => targets.check(request),
    });
  };
}

export function openWrite(api: FirestoreApi, administrators: Administrators): OpenStream {
  return (opening, send, fail) =>
    open<WriteRequest, object>(opening, administrators, send, fail, WRITE_REQUEST, WRITE_RESPONSE, {
      start: (caller, forward, end) => api.write(caller, forward, end),
      check: () => undefined,
    });
}

interface Rpc<Request, Response> {
  start(caller: Caller, send: Send<Response>, fail: Fail): ServerStream<Request>;
  /** @throws StatusError when the request is beyond what one stream may ask. */
  check(request: Request): void;
}

function open<Request extends { database?: string }, Response extends object>(
  { database, authorization }: Parameters<OpenStream>[0],
  administrators: Administrators,
  send: (message: unknown) => void,
  fail: Fail,
  requestSchema: Message,
  responseSchema: Message,
  rpc: Rpc<Request, Response>,
): Stream {
  const [, project] = /^projects\/([^/]+)\/databases\/[^/]+$/.exec(database) ?? [];
  if (project === undefined) throw invalid(`"${database}" is not the name of a database`);
  const caller = authenticate(authorization, project, administrators);
  const stream = rpc.start(caller, (response) => send(messageToJson(responseSchema, response)), fail);
  const expiry = expiresAt(caller) - Date.now();
  const timer = setTimeout(
    () => {
      stream.close();
      fail(new StatusError('UNAUTHENTICATED', 'The token has expired.')); // the SDK fetches another and reconnects
    },
    Math.min(expiry, MAX_TIMER_MS),
  ).unref();
  return {
    receive(json) {
      const request = { database, ...messageFromJson<Request>(requestSchema, json) };
      if (request.database !== database)
        throw invalid('a stream stays with the database that it was opened for');
      rpc.check(request);
      stream.receive(request);
    },
    close() {
      clearTimeout(timer);
      stream.close();
    },
  };
}
