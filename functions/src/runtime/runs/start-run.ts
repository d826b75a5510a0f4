import { isDeepStrictEqual } from 'node:util';
import {
  isObject,
  LongrunError,
  threadPath,
  wellFormed,
  type Json,
  type Run,
  type TurnRequest,
} from '@longrun/shared';
import type { TaskQueue } from '../../ports/task-queue.ts';
import { withinCaps } from '../../quotas/caps.ts';
import { dispatchCreated } from '../../quotas/share.ts';
import { NO_SHARE, type Share } from '../../quotas/share-fields.ts';
import { answerRun, type Answers } from './answer-run.ts';
import { setsOut } from './api-request.ts';
import { checkCommand } from './command-shape.ts';
import { BegunAsTurn, createRun, namedThread, runIdOf, type CreateRunRequest } from './create-run.ts';
import { answersOf, breakpointsOf } from './resume-answers.ts';
import type { RunStore } from './run-store.ts';
import { chosenCheckpoint, settingsOf, withConfigurable } from './settings.ts';
import { holderOf, stopSuperseded } from './thread-queue.ts';
import { findTurn } from './turns.ts';

interface Parts {
  store: RunStore;
  queue: TaskQueue;
}

export interface StartedRun {
  run: Run;
  /** Under which the Agent Server API knows what was begun. */
  turn: string;
  created: boolean;
  share: Share;
}

/**
 * What a request of the Agent Server API begins: a turn of the run that asks on its thread, when it is an answer to that; a run of
 * its own otherwise. Either is in the queue afterwards. The same `run_id` or idempotency key with the same request gives the
 * same turn. Throws what `createRun` and `answerRun` throw.
 */
export async function startRun(parts: Parts, request: CreateRunRequest): Promise<StartedRun> {
  checkCommand(request.api?.command);
  const id = runIdOf(request);
  const fixed = { ...request, body: { ...request.body, run_id: id } };
  const mayBeTurn = typeof request.body.run_id === 'string' || request.idempotencyKey !== undefined;
  const before = mayBeTurn ? await begunBefore(parts.store, fixed, id) : undefined;
  const turn = before ?? (await asTurn(parts, fixed, id));
  if (turn !== undefined && turn !== 'run') return turn;
  try {
    return await asRun(parts, { ...fixed, mayBeTurn });
  } catch (error) {
    if (!(error instanceof BegunAsTurn)) throw error;
    // The same request, sent twice, was an answer, and what it answered has ended since.
    const again = await begunBefore(parts.store, fixed, id);
    if (again !== undefined && again !== 'run') return again;
    throw new LongrunError('not_found', `There is no run ${id} any more; it is being removed.`);
  }
}

async function asRun({ store, queue }: Parts, request: CreateRunRequest): Promise<StartedRun> {
  const made = await createRun(store, request);
  await dispatchCreated(store, queue, made);
  await stopSuperseded(store, queue, made.run);
  return { ...made, turn: made.run.run_id };
}

/** The turn that the same request began before; `run`: it created that run, which may ask by now, and `createRun` compares the requests. */
async function begunBefore(
  store: RunStore,
  request: CreateRunRequest,
  id: string,
): Promise<StartedRun | 'run' | undefined> {
  const found = await findTurn(store, request.uid, id);
  if (found === undefined) return undefined;
  if (found.turn.run_id === found.run.run_id) return 'run';
  const { run, turn } = found;
  const entries = await store.entriesAfter(run.owner, run.run_id, -1);
  const event = entries.flatMap(({ events }) => events).find(({ seq }) => seq === turn.fromSeq);
  const given = event?.type === 'interrupt.answered' ? event.answers : {};
  if (!isSameAnswer(given, wellFormed(request.api?.command?.resume ?? null))) {
    throw new LongrunError(
      'idempotency_conflict',
      `Run ${id} exists with another request. Use a new run_id or idempotency key for a new run.`,
    );
  }
  return { run, turn: id, created: false, share: NO_SHARE };
}

function isSameAnswer(given: Answers, resume: Json): boolean {
  return (
    isDeepStrictEqual(given, resume) || Object.values(given).every((one) => isDeepStrictEqual(one, resume))
  );
}

/** Undefined when the request is no answer to what its thread's run asks. */
async function asTurn(parts: Parts, request: CreateRunRequest, id: string): Promise<StartedRun | undefined> {
  const { store } = parts;
  const { uid, body } = request;
  const asking = isAnswer(request) ? await askingRun(store, request) : null;
  if (asking === null || asking.assistant_id !== body.assistant_id) return undefined;
  const resume = request.api?.command?.resume;
  const answers = resume === undefined ? breakpointsOf(asking) : answersOf(asking, resume);
  if (answers === null) return undefined;
  const turn = turnOf(request, id, asking);
  const run = await answerRun(parts, uid, asking.run_id, answers, turn);
  if (!run.turns.some(({ run_id }) => run_id === id)) {
    throw new LongrunError('already_answered', 'Somebody has just given the same answer.', {
      run_id: run.turns.at(-1)?.run_id ?? run.run_id,
    });
  }
  return { run, turn: id, created: true, share: NO_SHARE };
}

/** Whether it can be an answer: from a checkpoint, or with something new to do, it is a run of its own. */
function isAnswer({ body, api }: CreateRunRequest): boolean {
  if (api === undefined || setsOut(api, false)?.checkpoint !== undefined) return false;
  if (api.command !== undefined) return api.command.resume !== undefined;
  return body.input === undefined || body.input === null;
}

async function askingRun(store: RunStore, request: CreateRunRequest): Promise<Run | null> {
  const threadId = namedThread(request);
  if (threadId === null) return null;
  const [thread] = await store.documents.get([threadPath(request.uid, threadId)]);
  const { active } = await holderOf(store, request.uid, thread);
  return active?.status === 'interrupted' ? active : null;
}

function turnOf(request: CreateRunRequest, id: string, asking: Run): TurnRequest {
  const { uid, headers, identity, api, quotas } = request;
  if (api?.startAt !== undefined) {
    throw new LongrunError(
      'invalid_request',
      'body.after_seconds: an answer is taken at once; leave it out.',
    );
  }
  const body = wellFormed(quotas === undefined ? request.body : withinCaps(request.body, quotas.quotas.caps));
  const { resume: _, ...command } = api?.command ?? {};
  const settings = settingsOf(body, {
    uid,
    runId: asking.run_id,
    threadId: asking.thread_id,
    retryOf: undefined,
    headers,
    identity,
    api: setsOut(api, false),
  });
  // Until it has a checkpoint of its own, the run goes on from the one that it was to set out from.
  const config =
    asking.last_checkpoint === null
      ? withConfigurable(settings.config, chosenCheckpoint(asking), 'above')
      : settings.config;
  const more = isObject(command) && Object.keys(command).length > 0 ? { command: wellFormed(command) } : {};
  return { run_id: id, ...settings, config, ...more };
}
