import type { Response } from 'express';
import { log } from '../../../telemetry/log.ts';
import type { OpenRequests } from '../../open-requests.ts';
import type { Services } from '../../services.ts';
import { findTurn } from '../../../runtime/runs/turns.ts';
import { cancelTurn } from './cancel.ts';
import type { FoundTurn } from './until-ended.ts';

/**
 * Aborts when the reader of an answer leaves before its end, and cancels the turn then if that was asked for. A process that
 * stops, or cuts off a reader that lags, is no reader who left.
 */
export function onLeave(
  services: Pick<Services, 'store' | 'queue'>,
  found: FoundTurn,
  res: Response,
  {
    requests,
    cancels,
    isCut = () => false,
  }: { requests: OpenRequests; cancels: boolean; isCut?: () => boolean },
): AbortSignal {
  const left = new AbortController();
  res.once('close', () => {
    if (res.writableEnded || requests.closing.aborted || isCut()) return;
    left.abort();
    if (!cancels) return;
    cancelAsItIs(services, found).catch((error: unknown) =>
      log.error('A run whose reader left could not be cancelled.', error, { run_id: found.turn.run_id }),
    );
  });
  return left.signal;
}

/** It may have ended since its reader began: whoever answered it meanwhile is another reader. */
async function cancelAsItIs(
  parts: Pick<Services, 'store' | 'queue'>,
  { run, turn }: FoundTurn,
): Promise<void> {
  const now = await findTurn(parts.store, run.owner, turn.run_id);
  if (now !== undefined) await cancelTurn(parts, now, 'interrupt');
}
