/**
 * What the `firebase` SDKs in a browser speak: WebChannel for Listen and Write, REST for the rest. Also Firestore Lite,
 * and any other client of Google's REST interface.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Administrators } from '../../access/administrators.ts';
import { endAnswer } from '../../net/end-answer.ts';
import { StatusError } from '../engine/status.ts';
import type { FirestoreApi } from '../engine/types.ts';
import { handleChannel } from './channel/handler.ts';
import type { OpenStream } from './channel/handler.ts';
import { Sessions } from './channel/sessions.ts';
import { applyCors } from './cors.ts';
import { errorBody } from './error-body.ts';
import { LIMITS } from './limits.ts';
import type { Limits } from './limits.ts';
import { openListen, openWrite } from './open-stream.ts';
import { handleRest } from './rest/handler.ts';

export interface WebOptions {
  readonly api: FirestoreApi;
  /** Default: those of Google's emulator. */
  readonly administrators?: Administrators;
  /** Whether a project has security rules. Without them every request is allowed, as in Google's emulator. */
  readonly guarded: (project: string) => boolean;
  /** Overrides single limits. */
  readonly limits?: Partial<Limits>;
  /** Told of errors that are defects of this server, not refusals. */
  readonly onDefect: (error: unknown) => void;
}

export interface WebHandler {
  /**
   * Answers a request of the web interface, CORS included. Resolves to false, with nothing but CORS headers set, when the
   * path belongs to someone else. Never rejects.
   */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  readonly sessions: number;
  /** Ends all sessions. */
  close(): void;
}

export function createWebHandler({
  api,
  guarded,
  limits: overrides,
  onDefect,
  ...options
}: WebOptions): WebHandler {
  const limits: Limits = { ...LIMITS, ...overrides };
  const { administrators = new Administrators() } = options;
  const sessions = new Sessions(limits);
  const channels: ReadonlyMap<string, OpenStream> = new Map([
    [
      '/google.firestore.v1.Firestore/Listen/channel',
      openListen(api, administrators, limits.targetsPerSession),
    ],
    ['/google.firestore.v1.Firestore/Write/channel', openWrite(api, administrators)],
  ]);

  async function route(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const url = URL.parse(`http://localhost${request.url ?? '/'}`);
    if (!url) throw new StatusError('INVALID_ARGUMENT', 'the request has no valid URL');
    if (applyCors(request, response)) return true;
    const openStream = channels.get(url.pathname);
    if (!openStream)
      return handleRest(request, response, url, { api, administrators, limits, guarded, onDefect });
    await handleChannel(request, response, url.searchParams, { sessions, limits, openStream });
    return true;
  }

  return {
    async handle(request, response) {
      try {
        return await route(request, response);
      } catch (error) {
        if (!(error instanceof StatusError)) onDefect(error);
        answerError(response, error);
        return true;
      }
    },
    get sessions() {
      return sessions.size;
    },
    close() {
      sessions.closeAll();
    },
  };
}

function answerError(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = errorBody(error);
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(body.error.code, {
    'Content-Type': 'application/json; charset=UTF-8',
    'Content-Length': text.length,
  });
  endAnswer(response, text);
}
