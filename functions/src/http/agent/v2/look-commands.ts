import { isObject, type Json } from '@longrun/shared';
import { parseAs } from '../../parse.ts';
import type { Services } from '../../services.ts';
import { requireStored } from '../threads/stored-thread.ts';
import { isAbove } from './event.ts';
import type { NestedGraph } from './nested-graphs.ts';
import { CommandRefused } from './answer.ts';
import { RunEvents } from './run-events.ts';
import { stateGetParams, treeParams } from './schemas.ts';
import { slimState } from './slim-state.ts';
import { ThreadRuns } from './thread-runs.ts';

/** What the thread holds. */
export async function getState(
  { store, reader }: Services,
  uid: string,
  threadId: string,
  given: unknown,
): Promise<Json> {
  const { keys } = parseAs(stateGetParams, given, 'params');
  const { thread } = await requireStored(store, uid, threadId);
  const { graph_id: graphId, config } = thread;
  if (graphId === null) return { values: {} };
  const state = await reader.state(uid, threadId, { graphId, config, subgraphs: false });
  const { checkpoint } = state;
  const all = slimState(state.values);
  const values =
    keys && isObject(all)
      ? Object.fromEntries(Object.entries(all).filter(([key]) => keys.includes(key)))
      : all;
  return {
    values,
    ...(checkpoint === null
      ? {}
      : { checkpoint: { id: checkpoint.checkpoint_id, ns: checkpoint.checkpoint_ns } }),
  };
}

/** The graphs that the newest run executed, or executes. */
export async function getTree(
  { store }: Services,
  uid: string,
  threadId: string,
  given: unknown,
): Promise<Json> {
  parseAs(treeParams, given, 'params');
  const [run] = await new ThreadRuns(store.documents, uid, threadId).begun('newest');
  if (run === undefined) throw new CommandRefused('no_such_run', 'The thread has no run yet.');
  const events = new RunEvents();
  for (const entry of await store.entriesAfter(uid, run.run_id, -1)) {
    for (const event of entry.events) events.of(event);
  }
  const { name, status, nested } = events.tree;
  const root = { namespace: [], status: status === 'waiting' ? 'running' : status, name };
  return { tree: node(root, nested) };
}

function node(
  { namespace, status, name }: Omit<NestedGraph, 'status'> & { status: string },
  all: readonly NestedGraph[],
): Json {
  const below = all.filter(
    (graph) => graph.namespace.length === namespace.length + 1 && isAbove(namespace, graph.namespace),
  );
  const children = below.map((graph) => node(graph, all));
  return { namespace, status, graph_name: name, ...(children.length === 0 ? {} : { children }) };
}
