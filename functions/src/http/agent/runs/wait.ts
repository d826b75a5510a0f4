import type { Response } from 'express';
import { LongrunError, type Json } from '@longrun/shared';
import { log } from '../../../telemetry/log.ts';
import type { OpenRequests } from '../../open-requests.ts';
import type { Services } from '../../services.ts';
import { ANSWERED } from '../route.ts';
import { onLeave } from './on-leave.ts';
import { errorOf, resultOf } from './result.ts';
import { isAtWork, untilTurnEnds, type FoundTurn } from './until-ended.ts';

/** A newline this often keeps proxies from closing an answer that is waited for; JSON may begin with them. Milliseconds. */
const KEEPALIVE_MS = 5_000;

export interface Waiting {
  requests: OpenRequests;
  /** The run ends when its reader leaves. */
  cancels: boolean;
  /** Asking again does no harm: a process that stops may then say so. */
  repeatable: boolean;
}

/** Answers with the result of a turn when it has ended, for as long as its reader waits. */
export async function answerResult(
  services: Pick<Services, 'store' | 'queue'>,
  found: FoundTurn,
  res: Response,
  { requests, cancels, repeatable }: Waiting,
): Promise<typeof ANSWERED> {
  const { store } = services;
  const left = onLeave(services, found, res, { requests, cancels });
  const keepalive = setInterval(() => {
    if (!res.headersSent) res.status(200).type('json');
    res.write('\n');
  }, KEEPALIVE_MS);
  try {
    const now = await untilTurnEnds(store.documents, found, AbortSignal.any([left, requests.closing]));
    if (left.aborted) return ANSWERED;
    if (isAtWork(now.turn)) return stopped(res, repeatable);
    send(res, await resultOf(store, now));
  } catch (error) {
    if (!res.headersSent) throw error;
    log.error('A result could not be read.', error, { run_id: found.turn.run_id });
    const known = error instanceof LongrunError ? { code: error.code, message: error.message } : null;
    send(res, { __error__: errorOf(known) });
  } finally {
    clearInterval(keepalive);
  }
  return ANSWERED;
}

/** The process is about to end. A cut tells a client that it did not read all; an error would make some start another run. */
function stopped(res: Response, repeatable: boolean): typeof ANSWERED {
  if (repeatable && !res.headersSent) {
    throw new LongrunError('unavailable', 'The run still goes on; join again.');
  }
  res.destroy();
  return ANSWERED;
}

function send(res: Response, result: Json): void {
  if (res.headersSent) res.end(JSON.stringify(result));
  else res.json(result);
}
