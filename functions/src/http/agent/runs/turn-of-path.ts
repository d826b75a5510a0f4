import type { Request } from 'express';
import { LongrunError } from '@longrun/shared';
import { findTurn } from '../../../runtime/runs/turns.ts';
import { joinRun } from '../../../telemetry/trace-request.ts';
import type { User } from '../../auth.ts';
import { pathId } from '../../parse.ts';
import type { AgentParts } from '../parts.ts';
import type { FoundTurn } from './until-ended.ts';

/** The turn that a path names; below a thread, only one of that. Throws `not_found`. */
export async function turnOfPath(
  { services }: AgentParts,
  { req, user }: { req: Request; user: User },
): Promise<FoundTurn> {
  const id = pathId(req, 'run_id');
  const found = await findTurn(services.store, user.uid, id);
  if (found === undefined) throw new LongrunError('not_found', `There is no run ${id}.`);
  const threadId = req.params['thread_id'];
  if (threadId !== undefined && threadId !== found.run.thread_id) {
    throw new LongrunError('not_found', `There is no run ${id} on this thread.`);
  }
  joinRun(found.run);
  return found;
}
