import {
  isObject,
  isTerminal,
  LongrunError,
  threadPath,
  type CreateRun,
  type EventOf,
  type Run,
} from '@longrun/shared';
import { decideCancel } from '../../domain/decide.ts';
import type { DocumentWrite, Fields, StoredDocument } from '../../ports/documents.ts';
import type { TaskQueue } from '../../ports/task-queue.ts';
import { dispatchWaiting } from '../../quotas/share.ts';
import { enqueueAnnouncement } from '../../webhooks/enqueue.ts';
import { removeRun } from '../housekeeping/remove.ts';
import { dispatch } from './dispatch.ts';
import { isUndone } from './removing.ts';
import type { RunStore } from './run-store.ts';

/** More than these waiting on one thread are refused. */
const MAX_QUEUE = 100;

type Strategy = NonNullable<CreateRun['multitask_strategy']>;
/** What a run's first event says about other runs of its thread. */
export type Place = Pick<EventOf<'run.created'>, 'queued' | 'supersedes' | 'rollback_of'>;

/** Who is on the thread now: the run that holds it, and those that wait. Ended runs do not count. */
interface Holder {
  active: Run | null;
  waiting: string[];
}

export async function holderOf(
  store: RunStore,
  uid: string,
  thread: StoredDocument | undefined,
): Promise<Holder> {
  return { active: await activeRun(store, uid, thread), waiting: queueOf(thread) };
}

/**
 * Where a new run goes. A thread whose run asks is free, unless others wait for it: the question is withdrawn when the new run
 * starts, or was answered before that. Throws `thread_busy` when the strategy is to refuse, or too many wait already.
 */
export function placeOnThread({ active, waiting }: Holder, given: Strategy): Place {
  if (active === null && waiting.length === 0) return {};
  const free = active?.status === 'interrupted' && waiting.length === 0;
  const strategy = free && given === 'reject' ? 'enqueue' : given;
  if (strategy === 'reject' || waiting.length >= MAX_QUEUE) {
    const atWork = active?.status === 'interrupted' ? null : active;
    const status = atWork !== null && isUndone(atWork) ? 'being undone' : atWork?.status;
    const who = atWork === null ? `${waiting.length} runs wait` : `Run ${atWork.run_id} is still ${status}`;
    throw new LongrunError(
      'thread_busy',
      `${who} on this thread. Wait, cancel, or send multitask_strategy "enqueue", "interrupt" or "rollback".`,
      atWork === null ? { waiting: waiting.length } : { run_id: atWork.run_id, status: atWork.status },
    );
  }
  if (strategy === 'enqueue' || active === null || isUndone(active)) return { queued: true };
  const supersedes = { queued: true, supersedes: active.run_id };
  return strategy === 'rollback' ? { ...supersedes, rollback_of: active.run_id } : supersedes;
}

/** One that stops another is the next; any other waits behind all. */
export function queuedWith(thread: StoredDocument, run: Run): string[] {
  const waiting = queueOf(thread);
  return run.supersedes === null ? [...waiting, run.run_id] : [run.run_id, ...waiting];
}

/** Fields of a thread that the run holds. */
export function holding(run: Run): Fields {
  const { run_id, assistant_id } = run;
  return { status: 'busy', active_run_id: run_id, updated_at: run.updated_at, assistant_id };
}

/**
 * What must be committed with a run's first attempt. Null when it is not its turn: whoever is before it will
 * dispatch it at their end, and the sweeper sees to it should they fail to.
 */
export async function takeTurn(store: RunStore, run: Run): Promise<DocumentWrite[] | null> {
  if (!run.queued) return [];
  const { thread, isNext } = await turnOf(store, run);
  if (thread === undefined) return [];
  if (!isNext) return null;
  const { next, behind } = await firstWaiting(store, run.owner, thread);
  if (next !== null && next.run_id !== run.run_id) return null;
  const fields = { ...holding(run), queue: behind };
  return [{ op: 'update', path: thread.path, version: thread.version, fields }];
}

/** The thread of a waiting run, which is next when nobody works there; a run that only asks is ended for the first that waits. */
async function turnOf(store: RunStore, run: Run) {
  const path = threadPath(run.owner, run.thread_id);
  const [thread] = await store.documents.get([path]);
  const active = await activeRun(store, run.owner, thread);
  if (thread === undefined || active === null) return { thread, isNext: true, withdrawn: null };
  const { next } = await firstWaiting(store, run.owner, thread);
  const isFirst = next?.run_id === run.run_id && active.status === 'interrupted';
  const withdrawn = isFirst ? await withoutQuestions(store, active) : null;
  if (withdrawn === null) return { thread, isNext: false, withdrawn };
  const [free] = await store.documents.get([path]);
  return { thread: free, isNext: (await activeRun(store, run.owner, free)) === null, withdrawn };
}

/** A run that asked, which has ended now. Null when it does not ask. */
async function withoutQuestions(store: RunStore, { owner, run_id }: Run): Promise<Run | null> {
  const { run } = await store.append(owner, run_id, 'api', ({ run: now, newer }) =>
    now.status !== 'interrupted' || newer ? null : decideCancel(now, owner, store.clock.now()),
  );
  return isTerminal(run.status) ? run : null;
}

/** After a run has ended: tells its webhook, and starts those that wait for the thread or for their user's share. */
export async function dispatchNext(store: RunStore, queue: TaskQueue, ended: Run): Promise<void> {
  await enqueueAnnouncement(queue, ended);
  await dispatchNextOfThread(store, queue, ended);
  await dispatchWaiting(store, queue, ended.owner);
  await removeTemporary(store, ended);
}

/** Of a run that was to leave nothing: its thread goes with it. What a webhook has yet to tell is left to housekeeping. */
async function removeTemporary(store: RunStore, ended: Run): Promise<void> {
  if (ended.webhook !== null || !isObject(ended.request) || ended.request['temporary'] !== true) return;
  const [thread] = await store.documents.get([threadPath(ended.owner, ended.thread_id)]);
  if (thread?.fields['ends_with_run'] === true) await removeRun(store.documents, ended);
}

/** After a run has ended or asks: those that wait for its thread go on. */
export async function dispatchNextOfThread(store: RunStore, queue: TaskQueue, ended: Run): Promise<void> {
  const [thread] = await store.documents.get([threadPath(ended.owner, ended.thread_id)]);
  if (thread === undefined || queueOf(thread).length === 0) return;
  // It is undone first.
  if (isUndone(ended) && thread.fields['active_run_id'] === ended.run_id) return;
  const { next } = await firstWaiting(store, ended.owner, thread);
  // The name differs from that of the task that came while it was not its turn.
  if (next !== null) await dispatch(queue, next, ended.run_id);
}

/**
 * Stops the run that a new one replaces, or that asks while nobody else waits. Its worker obeys in its own time; the new run waits for it. One of a newer version
 * is stopped by that version.
 */
export async function stopSuperseded(store: RunStore, queue: TaskQueue, run: Run): Promise<void> {
  const { supersedes, owner } = run;
  if (!run.queued || isTerminal(run.status)) return;
  if (supersedes === null) {
    const { withdrawn } = await turnOf(store, run);
    if (withdrawn !== null) await dispatchNext(store, queue, withdrawn);
    return;
  }
  const stopped = await store.append(owner, supersedes, 'api', ({ run: old, newer }) =>
    newer ? null : decideCancel(old, owner, store.clock.now()),
  );
  if (isTerminal(stopped.run.status)) await dispatchNext(store, queue, stopped.run);
}

/** Whether the run waits for another one that is at work. */
export async function isWaiting(store: RunStore, run: Run): Promise<boolean> {
  if (!run.queued) return false;
  const [thread] = await store.documents.get([threadPath(run.owner, run.thread_id)]);
  const active = await activeRun(store, run.owner, thread);
  return active !== null && active.status !== 'interrupted';
}

/** The run that holds the thread: one that goes on, asks, or is being undone. */
async function activeRun(
  store: RunStore,
  uid: string,
  thread: StoredDocument | undefined,
): Promise<Run | null> {
  const active = thread?.fields['active_run_id'];
  if (typeof active !== 'string') return null;
  const loaded = await store.loadEvenRemoved(uid, active);
  if (loaded === undefined || (isTerminal(loaded.run.status) && !isUndone(loaded.run))) return null;
  return loaded.run;
}

async function firstWaiting(
  store: RunStore,
  uid: string,
  thread: StoredDocument,
): Promise<{ next: Run | null; behind: string[] }> {
  const waiting = queueOf(thread);
  for (const [i, runId] of waiting.entries()) {
    const loaded = await store.load(uid, runId);
    if (loaded !== undefined && !isTerminal(loaded.run.status)) {
      return { next: loaded.run, behind: waiting.slice(i + 1) };
    }
  }
  return { next: null, behind: [] };
}

function queueOf(thread: StoredDocument | undefined): string[] {
  const queue = thread?.fields['queue'];
  return Array.isArray(queue) ? queue.filter((id) => typeof id === 'string') : [];
}
