import { randomUUID } from 'node:crypto';
import { isObject, LongrunError, type Json, type JsonObject, type Run } from '@longrun/shared';
import { decideAnswer, decideCancel } from '../../domain/decide.ts';
import { dispatchCreated } from '../../quotas/share.ts';
import { NO_SHARE, type Share } from '../../quotas/share-fields.ts';
import type { TaskQueue } from '../../ports/task-queue.ts';
import { threadPath } from '@longrun/shared';
import { createRun, type CreateRunRequest } from './create-run.ts';
import { dispatch } from './dispatch.ts';
import type { RunStore } from './run-store.ts';
import { dispatchNext, holderOf, stopSuperseded } from './thread-queue.ts';

export interface StartedRun {
  run: Run;
  /** The API's run id. */
  turn: string;
  created: boolean;
  share: Share;
}

/** A new run, or the next turn of one that asks. */
export async function startRun(
  { store, queue }: { store: RunStore; queue: TaskQueue },
  request: CreateRunRequest,
): Promise<StartedRun> {
  const asking = await askingRun(store, request);
  const resume = request.api?.command?.resume;
  if (asking !== null && resume !== undefined && request.api?.checkpoint === undefined) {
    return await answer({ store, queue }, request, asking, resume);
  }
  if (asking !== null) {
    const { run } = await store.append(asking.owner, asking.run_id, 'api', ({ run: now }) =>
      decideCancel(now, request.uid, store.clock.now()),
    );
    await dispatchNext(store, queue, run);
  }
  const made = await createRun(store, request);
  await dispatchCreated(store, queue, made);
  await stopSuperseded(store, queue, made.run);
  return { ...made, turn: made.run.run_id };
}

async function askingRun(
  store: RunStore,
  { uid, body, threadInPath }: CreateRunRequest,
): Promise<Run | null> {
  const threadId = threadInPath ?? body.thread_id ?? null;
  if (threadId === null) return null;
  const [thread] = await store.documents.get([threadPath(uid, threadId)]);
  const { active } = await holderOf(store, uid, thread);
  return active?.status === 'interrupted' ? active : null;
}

async function answer(
  { store, queue }: { store: RunStore; queue: TaskQueue },
  { uid, body, api }: CreateRunRequest,
  asking: Run,
  resume: Json,
): Promise<StartedRun> {
  const turn = body.run_id ?? randomUUID();
  const open = asking.interrupts.map(({ id }) => id);
  const answers: JsonObject =
    isObject(resume) && Object.keys(resume).every((id) => open.includes(id))
      ? resume
      : Object.fromEntries(open.slice(0, 1).map((id) => [id, resume]));
  const { run, appended } = await store.append(uid, asking.run_id, 'api', ({ run: now }) => {
    const events = decideAnswer(now, answers, uid, store.clock.now());
    return (
      events?.map((event) =>
        event.type === 'interrupt.answered'
          ? {
              ...event,
              turn: {
                run_id: turn,
                ...(api === undefined ? {} : { request: api.request }),
                ...(api?.stream === undefined ? {} : { stream: api.stream }),
              },
            }
          : event,
      ) ?? null
    );
  });
  if (!appended) throw new LongrunError('not_interrupted', 'The thread asks nothing any more.');
  await dispatch(queue, run);
  return { run, turn, created: true, share: NO_SHARE };
}
