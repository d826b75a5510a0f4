import express, { type ErrorRequestHandler, type RequestHandler, type Response } from 'express';
import { LongrunError } from '@longrun/shared';
import { log } from '../telemetry/log.ts';

/** Any thrown value as the error that the client may see. Details of unexpected ones stay in the log. */
function toLongrunError(error: unknown): LongrunError {
  if (error instanceof LongrunError) return error;
  const status =
    typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500;
  if (status === 413) return new LongrunError('too_large', 'The request body is too large.');
  if (status === 415)
    return new LongrunError('unsupported_media_type', 'Send JSON, uncompressed or with gzip.');
  if (status >= 400 && status < 500) {
    return new LongrunError(
      'invalid_request',
      error instanceof Error ? `Bad request: ${error.message}` : 'Bad request.',
    );
  }
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? Number(error.code) : Number.NaN;
  if (code === 14 || code === 4 || code === 8) {
    return new LongrunError('unavailable', 'The storage does not answer at the moment; try again.');
  }
  return new LongrunError('internal', 'Something unexpected went wrong; it was logged. Try again.');
}

export function sendError(res: Response, error: unknown): void {
  const known = toLongrunError(error);
  if (known.status >= 500) log.error('Request failed.', error, { code: known.code });
  if (res.headersSent) {
    res.destroy();
    return;
  }
  if (known.status === 503 || known.status === 429) {
    res.setHeader('retry-after', String(known.retryAfterS ?? 2));
  }
  res.status(known.status).json(known.toBody());
}

// Express calls error handlers with four arguments, so the fourth must be named.
export const errorHandler: ErrorRequestHandler = (error, _req, res, _next) => sendError(res, error);

export const notFound: RequestHandler = (req) => {
  throw new LongrunError('not_found', `There is nothing at ${req.method} ${req.path.slice(0, 200)}.`);
};

/**
 * functions-framework parses bodies in an Express app of its own, before our handler: a malformed body would be
 * answered with its HTML page. Express passes what nobody handled to `done`; this makes that answer JSON too.
 */
export function answerFrameworkErrorsAsJson(): void {
  const application: unknown = express.application;
  if (!hasHandle(application)) throw new Error('This version of Express has no application.handle.');
  const { handle } = application;
  application.handle = function handleWithJson(req, res, done) {
    const fallback = (error?: unknown) =>
      sendError(res, error ?? new LongrunError('not_found', 'There is nothing here.'));
    return Reflect.apply(handle, this, [req, res, done ?? fallback]) as unknown;
  };
}

interface Handling {
  handle(req: unknown, res: Response, done?: unknown): unknown;
}

function hasHandle(value: unknown): value is Handling {
  return (
    typeof value === 'object' && value !== null && 'handle' in value && typeof value.handle === 'function'
  );
}
