import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  jsonBytes,
  LongrunError,
  MAX_ANSWER_BYTES,
  type EventOf,
  type Json,
  type Run,
  type TurnRequest,
} from '@longrun/shared';
import { decideAnswer } from '../../domain/decide.ts';
import type { TaskQueue } from '../../ports/task-queue.ts';
import { dispatch } from './dispatch.ts';
import type { RunStore } from './run-store.ts';

/** By question. */
export interface Answers {
  [interruptId: string]: Json;
}

/**
 * Answers open questions; the run goes on when none is left. A question is answered once: the second of two who
 * answer at the same moment gets `already_answered`, someone who repeats their own answer gets the run. `turn`: what the
 * answer begins; absent: it was not given by a client of the Agent Server API.
 */
export async function answerRun(
  { store, queue }: { store: RunStore; queue: TaskQueue },
  uid: string,
  runId: string,
  answers: Answers,
  turn: TurnRequest = { run_id: randomUUID() },
): Promise<Run> {
  const { run, appended } = await store.append(uid, runId, 'api', (loaded) => {
    if (jsonBytes({ ...loaded.run.answers, ...answers }) > MAX_ANSWER_BYTES) {
      throw new LongrunError('too_large', `Answers may have ${MAX_ANSWER_BYTES} bytes of JSON together.`);
    }
    return decideAnswer(loaded.run, answers, uid, store.clock.now(), turn);
  });
  if (!appended) await explainRefusal(store, run, answers, uid);
  // Also for a repeated request: the first may have ended between the answer and the task.
  if (run.status === 'pending') await dispatch(queue, run);
  return run;
}

async function explainRefusal(
  store: RunStore,
  run: Run,
  answers: { [interruptId: string]: Json },
  uid: string,
): Promise<void> {
  const given = new Map<string, EventOf<'interrupt.answered'>>();
  for (const { events } of await store.entriesAfter(run.owner, run.run_id, -1)) {
    for (const event of events) {
      if (event.type !== 'interrupt.answered') continue;
      for (const id of Object.keys(event.answers)) given.set(id, event);
    }
  }
  const open = run.interrupts.map(({ id }) => id);
  for (const [id, answer] of Object.entries(answers)) {
    const earlier = given.get(id);
    if (earlier === undefined && !open.includes(id)) throw notAsked(run, id, open);
    if (earlier === undefined || open.includes(id)) continue;
    if (earlier.by === uid && isDeepStrictEqual(earlier.answers[id], answer)) continue;
    const at = new Date(earlier.at).toISOString();
    throw new LongrunError('already_answered', `Question ${id} was answered at ${at}.`, {
      interrupt_id: id,
      by: earlier.by,
      at,
    });
  }
}

function notAsked(run: Run, id: string, open: string[]): LongrunError {
  return open.length === 0
    ? new LongrunError('not_interrupted', `The run asks nothing: it is ${run.status}.`)
    : new LongrunError('invalid_request', `body.answers: there is no question ${id}.`, { open });
}
