import type { Response } from 'express';
import { isTerminal } from '@longrun/shared';
import { removeRun } from '../../../runtime/housekeeping/remove.ts';
import { log } from '../../../telemetry/log.ts';
import type { Services } from '../../services.ts';
import type { FoundTurn } from './until-ended.ts';

/** Does `removeTemporary` when the result has been sent. */
export function removeAfterwards(services: Pick<Services, 'store'>, found: FoundTurn, res: Response): void {
  res.once('finish', () => {
    removeTemporary(services, found).catch((error: unknown) =>
      log.error('A run could not be removed; housekeeping will.', error, { run_id: found.run.run_id }),
    );
  });
}

/**
 * Removes a run whose result was sent, and the thread that it has to itself. One that asks, or whose reader left, is left to
 * housekeeping.
 */
export async function removeTemporary(
  { store }: Pick<Services, 'store'>,
  { run: { owner, run_id } }: FoundTurn,
): Promise<void> {
  const loaded = await store.load(owner, run_id);
  if (loaded !== undefined && isTerminal(loaded.run.status)) await removeRun(store.documents, loaded.run);
}
