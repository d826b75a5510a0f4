import { createRunSchema, LongrunError } from '@longrun/shared';
import * as z from 'zod/mini';
import type { Cron } from '../../../runtime/crons/cron.ts';
import { startTurn, type StartServices } from '../runs/create.ts';

/** Starts a run as the cron's owner would by a request of the API. Throws what that would answer. */
export async function startCron(services: StartServices, cron: Cron, runId: string): Promise<void> {
  const { owner: uid, anonymous, assistant_id, thread_id, cron_id, payload, metadata } = cron;
  const given = z.safeParse(createRunSchema, {
    ...payload,
    assistant_id,
    metadata: { ...metadata, cron_id },
    run_id: runId,
    ...(thread_id === null ? { on_completion: cron.on_run_completed } : {}),
  });
  if (!given.success) {
    const [issue] = given.error.issues;
    throw new LongrunError(
      'invalid_request',
      `payload.${issue?.path.join('.')}: ${issue?.message}. Change the cron with PATCH.`,
    );
  }
  const identity = cron.identity ?? undefined;
  await startTurn(services, { uid, anonymous }, given.data, {
    identity,
    threadInPath: thread_id ?? undefined,
  });
}
