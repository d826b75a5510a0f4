import { isTerminal, threadPath, type Asker, type OpenInterrupt } from '@longrun/shared';
import type { RunStore } from '../runtime/runs/run-store.ts';

/** What the run that holds a thread asks, and which of its tasks were answered already. */
export interface ThreadQuestions {
  open: OpenInterrupt[];
  answered: Asker[];
}

const NOTHING: ThreadQuestions = { open: [], answered: [] };

/** Questions have the ids by which they are answered: those of the run. */
export async function questionsOfThread(
  store: RunStore,
  uid: string,
  threadId: string,
): Promise<ThreadQuestions> {
  const [thread] = await store.documents.get([threadPath(uid, threadId)]);
  const active = thread?.fields['active_run_id'];
  const loaded = typeof active === 'string' ? await store.load(uid, active) : undefined;
  if (loaded === undefined || isTerminal(loaded.run.status)) return NOTHING;
  const { interrupts, askers } = loaded.run;
  return { open: interrupts, answered: Object.values(askers) };
}

/** Whether the question was asked by this task, or by a graph within it. `path`: the task's own namespace. */
export function isAskedBy(asker: Asker | undefined, task: string, path: string): boolean {
  if (asker === undefined) return false;
  const { checkpoint_ns: ns } = asker;
  return asker.task === task || ns === path || ns.startsWith(`${path}|`);
}
