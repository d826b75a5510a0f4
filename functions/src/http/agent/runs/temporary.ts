import type { Response } from 'express';
import { isTerminal } from '@longrun/shared';
import { removeRun } from '../../../runtime/housekeeping/remove.ts';
import { log } from '../../../telemetry/log.ts';
import type { Services } from '../../services.ts';
import type { FoundTurn } from './until-ended.ts';

/**
 * Removes a run, and the thread that it has to itself, when its result has been sent. One that asks, or whose reader left, is
 * left to housekeeping.
 */
export function removeAfterwards(
  { store }: Pick<Services, 'store'>,
  { run: { owner, run_id } }: FoundTurn,
  res: Response,
): void {
  res.once('finish', () => {
    const remove = async () => {
      const loaded = await store.load(owner, run_id);
      if (loaded !== undefined && isTerminal(loaded.run.status)) await removeRun(store.documents, loaded.run);
    };
    remove().catch((error: unknown) =>
      log.error('A run could not be removed; housekeeping will.', error, { run_id }),
    );
  });
}
