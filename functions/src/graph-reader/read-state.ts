import type { Json } from '@longrun/shared';
import { stateToJson } from '../runtime/attempt/stream/message-events.ts';
import type { CallOf } from './calls.ts';
import { withMethod } from './graph-methods.ts';
import { openOnThread, type ReaderParts } from './open-graph.ts';
import { questionsOfThread } from './questions-of-thread.ts';
import { withLoggedResults } from './logged-results.ts';
import type { CheckpointRef, ThreadState } from './shapes.ts';
import { AnswerSize } from './size.ts';
import { threadState } from './thread-state.ts';

/** `checkpoint_id` of one that does not exist gives the empty state, as LangGraph has it. */
export async function readState(parts: ReaderParts, call: CallOf<'state'>): Promise<ThreadState> {
  const { uid, thread_id, checkpoint, subgraphs } = call;
  const { graph } = await openOnThread(parts, call, 'threads.read');
  const questions = await questionsOfThread(parts.store, uid, thread_id);
  return threadState(await graph.getState(placeOf(thread_id, checkpoint), { subgraphs }), questions);
}

export async function readHistory(parts: ReaderParts, call: CallOf<'history'>): Promise<ThreadState[]> {
  const { uid, thread_id, checkpoint, limit, before, metadata } = call;
  const { graph } = await openOnThread(parts, call, 'threads.read');
  const questions = await questionsOfThread(parts.store, uid, thread_id);
  const found: ThreadState[] = [];
  const size = new AnswerSize('Ask for fewer states at once (limit), and for the next with before.');
  const options = {
    limit,
    ...(before === undefined ? {} : { before: { configurable: { checkpoint_id: before } } }),
    ...(metadata === undefined ? {} : { filter: metadata }),
  };
  const snapshots = withMethod(graph, 'getStateHistory').getStateHistory(
    placeOf(thread_id, checkpoint),
    options,
  );
  for await (const snapshot of snapshots) {
    const state = threadState(snapshot, questions);
    size.add(state);
    found.push(state);
    if (found.length >= limit) break;
  }
  return await withLoggedResults(parts.store, uid, found);
}

/** What the state holds, no more. */
export async function readValues(parts: ReaderParts, call: CallOf<'values'>): Promise<Json> {
  const { graph } = await openOnThread(parts, call, 'threads.read');
  const { values } = await graph.getState(placeOf(call.thread_id, call.checkpoint));
  return stateToJson(values ?? {});
}

/** LangGraph's config of a checkpoint; the newest of the whole graph where nothing is said. */
export function placeOf(threadId: string, ref: CheckpointRef = {}) {
  const { checkpoint_id, checkpoint_ns = '', checkpoint_map } = ref;
  return {
    configurable: {
      thread_id: threadId,
      checkpoint_ns,
      ...(checkpoint_id === undefined ? {} : { checkpoint_id }),
      ...(checkpoint_map === undefined ? {} : { checkpoint_map }),
    },
  };
}
