import express, { type Response } from 'express';
import { LongrunError } from '@longrun/shared';
import { sendError } from '../express-errors.ts';

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
