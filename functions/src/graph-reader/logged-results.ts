import type { Json } from '@longrun/shared';
import type { RunStore } from '../runtime/runs/run-store.ts';
import { findTurn } from '../runtime/runs/turns.ts';
import type { ThreadState } from './shapes.ts';

/** Logs of more runs are not read for one answer. */
const MAX_LOGS = 50;

/**
 * The states with what their tasks returned. What a task wrote is not stored beside a checkpoint whose successor came in
 * the same commit; the run's log says it.
 */
export async function withLoggedResults(
  store: RunStore,
  uid: string,
  states: ThreadState[],
): Promise<ThreadState[]> {
  const missing = states.filter(({ tasks }) => tasks.some(({ result }) => result === null));
  const runs = new Set(missing.flatMap(({ checkpoint }) => runsAfter(states, checkpoint?.checkpoint_id)));
  if (runs.size === 0) return states;
  const results = new Map<string, Json>();
  for (const run of await logsOf(store, uid, [...runs].slice(0, MAX_LOGS))) {
    await collect(store, uid, run, results);
  }
  return states.map((state) => ({
    ...state,
    tasks: state.tasks.map((task) => ({ ...task, result: task.result ?? results.get(task.id) ?? null })),
  }));
}

/** The runs that went on from a checkpoint: those of the checkpoints made after it, and its own. */
function runsAfter(states: ThreadState[], id: string | undefined): string[] {
  return states
    .filter(
      ({ checkpoint, parent_checkpoint: parent }) =>
        id !== undefined && (checkpoint?.checkpoint_id === id || parent?.checkpoint_id === id),
    )
    .flatMap(({ metadata }) => (typeof metadata['run_id'] === 'string' ? [metadata['run_id']] : []));
}

/** Checkpoints name turns, of which several are in the log of one run. */
async function logsOf(store: RunStore, uid: string, turns: readonly string[]): Promise<Set<string>> {
  const found = await Promise.all(turns.map((id) => findTurn(store, uid, id)));
  return new Set(found.flatMap((each) => (each === undefined ? [] : [each.run.run_id])));
}

async function collect(
  store: RunStore,
  uid: string,
  runId: string,
  results: Map<string, Json>,
): Promise<void> {
  for (const { events } of await store.entriesAfter(uid, runId, -1)) {
    for (const event of events) {
      if (event.type === 'node.finished' && event.result !== undefined) results.set(event.task, event.result);
    }
  }
}
