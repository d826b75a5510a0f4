import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { LongrunError } from '@longrun/shared';
import { AuthRefused } from '../custom-auth/refused.ts';
import { log } from '../telemetry/log.ts';
import { answerCors, type CorsRules } from './agent/cors.ts';
import type { Upgrade } from './agent/v2/socket/upgrade.ts';

/** Whose bodies are read, and how much of them. */
export interface Admission {
  /** Of a body as it comes over the wire, and of what it is when unpacked. */
  maxBytes: number;
  /** Rejects with a LongrunError for whom no body is read. What has no body is left to the routes. */
  admit: (req: IncomingMessage) => Promise<unknown>;
  /** Pages of which other origins may call; absent: none. */
  cors?: CorsRules | null;
  /** Requests that become WebSockets; absent: none does. */
  upgrade?: Upgrade;
}

/** A refused client may have to send on before it reads its answer; then its connection is cut. Milliseconds. */
const LINGER_MS = 2_000;

/** Nothing of a body is read before its sender is known, and of none more than it may have. */
export function admitted(
  listener: RequestListener,
  { maxBytes, admit, cors = null }: Admission,
): RequestListener {
  return (req, res) => {
    // Before anything can be refused: a page reads no error that comes without these headers.
    if (answerCors(cors, req, res)) return;
    const { 'content-length': length, 'transfer-encoding': framing } = req.headers;
    const bytes = framing === undefined ? Number(length ?? 0) : undefined;
    const pass = () => {
      // Whoever left in the middle of a body is not taken to have sent none.
      if (req.destroyed) return;
      if (bytes === undefined) cutAt(maxBytes, req, res);
      if (req.headers.expect !== undefined) res.writeContinue();
      listener(req, res);
    };
    if (bytes === 0) pass();
    else if (bytes !== undefined && bytes > maxBytes) refuse(res, tooLarge(maxBytes), false);
    else admit(req).then(pass, (error: unknown) => refuse(res, known(error), bytes !== undefined));
  };
}

/** For a body of which no length was said. */
function cutAt(maxBytes: number, req: IncomingMessage, res: ServerResponse): void {
  let left = maxBytes;
  const push = req.push.bind(req);
  req.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk instanceof Uint8Array) left -= chunk.length;
    if (left >= 0) return push(chunk, encoding);
    if (!res.headersSent) refuse(res, tooLarge(maxBytes), false);
    // Nothing more is read from the connection.
    return false;
  };
}

/**
 * Node would read what is left of the body and throw it away, which is right for `little`. Otherwise nothing more is
 * read; the connection stays open for a while, since one that is closed with data unread may take the answer with it.
 */
function refuse(res: ServerResponse, error: LongrunError, little: boolean): void {
  const body = JSON.stringify(error.toBody());
  if (error instanceof AuthRefused) for (const [name, value] of error.headers) res.appendHeader(name, value);
  res.writeHead(error.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...(error.status === 503 ? { 'retry-after': '2' } : {}),
    ...(little ? {} : { connection: 'close' }),
  });
  if (little) {
    res.end(body);
    return;
  }
  res.write(body);
  const timer = setTimeout(() => res.socket?.destroy(), LINGER_MS);
  res.once('close', () => clearTimeout(timer));
}

function tooLarge(maxBytes: number): LongrunError {
  return new LongrunError('too_large', `The body may have ${maxBytes} bytes; send less.`);
}

function known(error: unknown): LongrunError {
  if (error instanceof LongrunError) return error;
  log.error('A request could not be admitted.', error);
  return new LongrunError('internal', 'Something unexpected went wrong; it was logged. Try again.');
}
