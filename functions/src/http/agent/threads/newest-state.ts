import { INTERRUPT, type CheckpointTuple } from '@langchain/langgraph-checkpoint';
import { isObject, threadPath, toJson, type Json, type JsonObject, type Run } from '@longrun/shared';
import { findTurn } from '../../../runtime/runs/turns.ts';
import { opened } from '../../../runtime/attempt/questions/questions.ts';
import { stateToJson } from '../../../runtime/attempt/stream/message-events.ts';
import { directSink } from '../../../runtime/saver/direct-sink.ts';
import { DocumentSaver } from '../../../runtime/saver/saver.ts';
import { stateIn } from '../../../runtime/saver/state-in.ts';
import type { Services } from '../../services.ts';
import type { StoredThread } from './stored-thread.ts';

/** What a list shows of a thread's state. */
export interface NewestState {
  /** Undefined before the first checkpoint. */
  values: Json | undefined;
  /** By the task of the whole graph that asks, or in which something asks. */
  interrupts: JsonObject;
  /** Why its last run failed. */
  error: Json | undefined;
}

/** Read from the documents alone, unless a channel of the graph stores differences: then the graph itself is asked. */
export async function newestState(
  { store, catalog, reader }: Services,
  uid: string,
  thread: StoredThread,
): Promise<NewestState> {
  const { thread_id, graph_id, config } = thread;
  const saver = new DocumentSaver({
    documents: store.documents,
    threadPath: (threadId) => threadPath(uid, threadId),
    sink: directSink(store.documents),
  });
  const tuple = await saver.getTuple({ configurable: { thread_id, checkpoint_ns: '' } });
  const run = await runOf(store, uid, thread, tuple);
  const channels = graph_id === null ? undefined : await catalog.channels(graph_id);
  const state = tuple === undefined ? undefined : stateIn(tuple.checkpoint, channels);
  const values =
    state === undefined && tuple !== undefined && graph_id !== null
      ? await reader.values(uid, thread_id, { graphId: graph_id, config })
      : state;
  return {
    values,
    interrupts: questionsOf(thread, run, tuple),
    error:
      thread.status === 'error' && run?.error
        ? { error: run.error.code, message: run.error.message }
        : undefined,
  };
}

/** The run that asks on the thread, or the one that failed. */
async function runOf(
  store: Services['store'],
  uid: string,
  { status, active_run_id }: StoredThread,
  tuple: CheckpointTuple | undefined,
): Promise<Run | undefined> {
  const last: unknown = Reflect.get(tuple?.metadata ?? {}, 'run_id');
  const id = status === 'interrupted' ? active_run_id : status === 'error' ? last : null;
  return typeof id === 'string' ? (await findTurn(store, uid, id))?.run : undefined;
}

function questionsOf(
  { status }: StoredThread,
  run: Run | undefined,
  tuple: CheckpointTuple | undefined,
): JsonObject {
  if (status !== 'interrupted') return {};
  const found = run === undefined ? asked(tuple) : askedBy(run);
  const byTask: { [task: string]: Json[] } = {};
  for (const { task, id, value } of found) (byTask[task] ??= []).push({ id, value });
  return byTask;
}

interface Asked {
  task: string;
  id: string;
  value: Json;
}

/** A breakpoint is no question of a task. */
function askedBy(run: Run): Asked[] {
  return run.interrupts.flatMap(({ id, value, asker }) =>
    asker === undefined ? [] : [{ task: rootTask(asker.checkpoint_ns) ?? asker.task, id, value }],
  );
}

/** `node:task|node:task` */
function rootTask(ns: string): string | undefined {
  const [first = ''] = ns.split('|');
  return first.includes(':') ? first.slice(first.lastIndexOf(':') + 1) : undefined;
}

/** What tasks asked when the run that asked is gone. */
function asked(tuple: CheckpointTuple | undefined): Asked[] {
  const checkpoint_id = tuple?.checkpoint.id ?? '';
  return (tuple?.pendingWrites ?? []).flatMap(([task, channel, value]) =>
    channel !== INTERRUPT
      ? []
      : (Array.isArray(value) ? value : [value]).map((given: unknown) => {
          const interrupt = isObject(given) ? given : {};
          const { id } = interrupt;
          const asker = { task, checkpoint_ns: '', checkpoint_id, index: 0 };
          const named = typeof id === 'string' ? id : undefined;
          const question = { id: named, value: interrupt['value'], node: undefined, asker };
          return { task, id: opened(question, new Set()).id, value: toJson(stateToJson(interrupt['value'])) };
        }),
  );
}
