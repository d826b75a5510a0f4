import { LongrunError } from '@longrun/shared';
import { checkpointTime } from '../lib/checkpoint-time.ts';
import type { ImportLangGraph } from '../project/langgraph-copy.ts';
import type { CallOf, StateUpdate, Updated } from './calls.ts';
import { hasMethod, withMethod } from './graph-methods.ts';
import { openOnThread, type OpenedGraph, type ReaderParts } from './open-graph.ts';
import { placeOf } from './read-state.ts';
import { checkpointOf } from './thread-state.ts';
import { UpdateSink } from './update-sink.ts';

/** An edit whose checkpoint would sort before the thread's newest waits; a clock further behind is refused. Milliseconds. */
const MAX_BEHIND_MS = 10_000;

/** Edits the state as if nodes had returned the values. Throws `thread_busy` while a run goes on, and what LangGraph says. */
export async function updateState(parts: ReaderParts, call: CallOf<'update'>): Promise<Updated> {
  const { store } = parts;
  const { uid, thread_id, checkpoint, supersteps, metadata } = call;
  const sink = new UpdateSink(store, uid, thread_id);
  await sink.requireFree();
  const opened = await openOnThread(parts, call, 'threads.update', { sink, about: metadata });
  await untilNewest(store.clock.now, opened, thread_id);
  const steps = await Promise.all(
    supersteps.map(async ({ updates }) => ({
      updates: await Promise.all(updates.map((update) => asLangGraphs(update, opened.importLangGraph))),
    })),
  );
  const made = checkpointOf(await apply(opened, placeOf(thread_id, checkpoint), steps));
  await sink.end();
  if (made === null) throw new LongrunError('graph_error', 'LangGraph did not say which checkpoint it made.');
  const { next } = await opened.graph.getState(placeOf(thread_id));
  return { checkpoint: made, next: [...next], withdrawn: sink.withdrawn };
}

interface LangGraphsUpdate {
  values: unknown;
  asNode?: string;
}

async function asLangGraphs(
  { values, command, as_node }: StateUpdate,
  importLangGraph: ImportLangGraph,
): Promise<LangGraphsUpdate> {
  const asNode = as_node === undefined ? {} : { asNode: as_node };
  if (command === undefined) return { values: values ?? null, ...asNode };
  const { Command } = await importLangGraph('@langchain/langgraph');
  if (!isClass(Command)) throw new LongrunError('graph_error', "The graph's LangGraph has no Command.");
  return { values: new Command(command), ...asNode };
}

function isClass(value: unknown): value is new (given: object) => object {
  return typeof value === 'function';
}

async function apply(
  { graph }: OpenedGraph,
  config: object,
  supersteps: { updates: LangGraphsUpdate[] }[],
): Promise<unknown> {
  if (hasMethod(graph, 'bulkUpdateState')) return await graph.bulkUpdateState(config, supersteps);
  const [first, ...more] = supersteps.flatMap(({ updates }) => updates);
  if (first === undefined || more.length > 0) {
    throw new LongrunError(
      'graph_error',
      "The graph's version of LangGraph makes one update at a time. Send them one by one, or update it.",
    );
  }
  return await withMethod(graph, 'updateState').updateState(config, first.values, first.asNode);
}

/** The newest checkpoint is the one with the greatest id, and ids begin with the time. */
async function untilNewest(now: () => number, { saver }: OpenedGraph, threadId: string): Promise<void> {
  const newest = await saver.getTuple(placeOf(threadId));
  const behind = checkpointTime(newest?.checkpoint.id ?? '') + 1 - now();
  if (behind > MAX_BEHIND_MS) {
    throw new LongrunError(
      'unavailable',
      `The clock of this machine is ${Math.ceil(behind / 1_000)} s behind the thread; set it right.`,
    );
  }
  if (behind > 1) await new Promise((resolve) => setTimeout(resolve, behind));
}
