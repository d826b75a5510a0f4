/**
 * The HTTP side of WebChannel, version 8, as the `firebase` browser SDK uses it:
 * open    POST without SID;           answers the session id
 * forward POST SID, AID               messages from the client; answers how the session stands
 * back    GET  SID, AID, RID=rpc      held open for messages to the client; CI=1 asks for long polling
 * close   TYPE=terminate
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { StatusError } from '../../engine/status.ts';
import { errorBody } from '../error-body.ts';
import { readBody } from '../read-body.ts';
import type { Limits } from '../limits.ts';
import { parseForwardBody } from './forward-body.ts';
import { frame } from './frame.ts';
import type { Session, Stream } from './session.ts';
import type { Sessions } from './sessions.ts';

const PROTOCOL_VERSION = 8;
const SERVER_VERSION = 14;
const KEEP_ALIVE_MS = 30_000; // announced; we send earlier

/** What the client said when it opened the channel. */
interface Opening {
  /** `projects/P/databases/D`. */
  readonly database: string;
  readonly authorization: string | undefined;
}

/** Starts a stream; `send` reaches the client in order, `fail` ends the stream with an error. */
export type OpenStream = (
  opening: Opening,
  send: (message: unknown) => void,
  fail: (error: unknown) => void,
) => Stream;

export async function handleChannel(
  request: IncomingMessage,
  response: ServerResponse,
  parameters: URLSearchParams,
  { sessions, limits, openStream }: { sessions: Sessions; limits: Limits; openStream: OpenStream },
): Promise<void> {
  const id = parameters.get('SID');
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('Cache-Control', 'no-cache, no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (id === null) {
    if (request.method !== 'POST') throw new StatusError('INVALID_ARGUMENT', 'a channel is opened by POST');
    await open(request, response, parameters, sessions, limits, openStream);
    return;
  }
  const session = sessions.find(id);
  if (!session) {
    request.resume();
    response.writeHead(400).end('Unknown SID');
  } else if (parameters.get('TYPE') === 'terminate') {
    request.resume();
    session.close();
    response.end();
  } else if (request.method === 'GET') {
    const timeout = parameters.get('TO');
    session.attach(
      response,
      integer(parameters, 'AID'),
      parameters.get('CI') === '1',
      timeout === null ? undefined : integer(parameters, 'TO'),
    );
  } else {
    await forward(request, response, parameters, session, limits);
  }
}

async function open(
  request: IncomingMessage,
  response: ServerResponse,
  parameters: URLSearchParams,
  sessions: Sessions,
  limits: Limits,
  openStream: OpenStream,
): Promise<void> {
  const { headers, messages } = parseForwardBody(await readBody(request, limits.bodyBytes));
  const session = sessions.create();
  let ended = false;
  const fail = (thrown: unknown): void => {
    if (ended) return;
    ended = true;
    session.send(errorBody(thrown));
  };
  const send = (message: unknown): void => {
    if (!ended) session.send(message);
  };
  response.setHeader('X-HTTP-Session-Id', session.id);
  response.end(
    frame(JSON.stringify([[0, ['c', session.id, '', PROTOCOL_VERSION, SERVER_VERSION, KEEP_ALIVE_MS]]])),
  );
  try {
    const opening = {
      database: parameters.get('database') ?? '',
      authorization: headers.get('authorization') ?? request.headers.authorization,
    };
    const stream = openStream(opening, send, fail);
    session.carry({
      receive: (message) => {
        if (!ended) guarded(() => stream.receive(message), fail);
      },
      close: () => stream.close(),
    });
  } catch (error) {
    fail(error); // the client learns of a refused token through the stream, and then renews it
  }
  session.receive(messages);
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  parameters: URLSearchParams,
  session: Session,
  limits: Limits,
): Promise<void> {
  const { messages } = parseForwardBody(await readBody(request, limits.bodyBytes));
  session.acknowledge(integer(parameters, 'AID'));
  if (!session.receive(messages)) session.close();
  const state = [session.hasBackChannel ? 1 : 0, session.lastReceived, session.unacknowledgedChars];
  response.end(frame(JSON.stringify(state)));
}

function guarded(action: () => void, fail: (error: unknown) => void): void {
  try {
    action();
  } catch (error) {
    fail(error);
  }
}

function integer(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? '';
  if (!/^(?:-1|\d{1,15})$/.test(text))
    throw new StatusError('INVALID_ARGUMENT', `${name} must be a whole number`);
  return Number(text);
}
