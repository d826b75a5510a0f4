import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { LongrunError } from '@longrun/shared';
import { AuthRefused } from '../custom-auth/refused.ts';
import { isTransient } from '../lib/transient.ts';
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
  if (isTransient(error)) {
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
  if (known instanceof AuthRefused) for (const [name, value] of known.headers) res.appendHeader(name, value);
  res.status(known.status).json(known.toBody());
}

// Express calls error handlers with four arguments, so the fourth must be named.
export const errorHandler: ErrorRequestHandler = (error, _req, res, _next) => sendError(res, error);

export const notFound: RequestHandler = (req) => {
  throw new LongrunError('not_found', `There is nothing at ${req.method} ${req.path.slice(0, 200)}.`);
};
