import type { Json, OpenInterrupt, Run, RunError } from '@longrun/shared';
import { lazy } from '../../../lib/lazy.ts';
import { isBreakpoint } from '../../../runtime/attempt/questions/breakpoints.ts';
import type { RunStore } from '../../../runtime/runs/run-store.ts';
import { turnsOf, type ApiTurn } from '../../../runtime/runs/turns.ts';
import type { FoundTurn } from './until-ended.ts';

/** Reads checkpoints with LangGraph's classes, which are no part of a cold start. */
const whole = lazy(() => import('../../../runtime/runs/whole-run.ts'));

/**
 * What whoever waited for a turn gets: the graph's output, what it asks, or why it failed; of one that was cancelled, the state
 * that it left. Throws `not_found` for an output that is too large for the run and gone from its thread.
 */
export async function resultOf(store: RunStore, { run, turn }: FoundTurn): Promise<Json> {
  switch (turn.status) {
    case 'error':
    case 'timeout':
      return { __error__: errorOf(run.error) };
    case 'interrupted':
      return (await (await whole()).finalState(store, run)) ?? {};
    case 'success':
      if (turn.last && run.status === 'completed') return await (await whole()).outputOf(store, run);
      return { __interrupt__: asked(await questionsOf(store, run, turn)) };
    case 'pending':
    case 'running':
      throw new Error('A turn that is at work has no result.');
  }
}

/** As LangGraph's clients know an error: by the name of what was thrown. */
export function errorOf(error: RunError | null): { error: string; message: string } {
  const { details } = error ?? {};
  const name =
    typeof details === 'object' && details !== null && 'name' in details ? details.name : undefined;
  return {
    error: typeof name === 'string' ? name : (error?.code ?? 'Error'),
    message: error?.message ?? 'The run failed.',
  };
}

/** As LangGraph's clients know questions. At a breakpoint nobody asks. */
export function asked(questions: OpenInterrupt[]): { id: string; value: Json }[] {
  return questions.filter(({ id }) => !isBreakpoint(id)).map(({ id, value }) => ({ id, value }));
}

/** With what the turn ended by asking: the newest of its log's questions, when they have been answered or withdrawn since. */
async function questionsOf(store: RunStore, run: Run, turn: ApiTurn): Promise<OpenInterrupt[]> {
  if (turn.last && run.status === 'interrupted') return run.interrupts;
  const turns = turnsOf(run);
  const next = turns[turns.findIndex(({ run_id }) => run_id === turn.run_id) + 1];
  let found: OpenInterrupt[] = [];
  for (const { events } of await store.entriesAfter(run.owner, run.run_id, -1)) {
    for (const event of events) {
      if (next !== undefined && event.seq >= next.fromSeq) return found;
      if (event.type === 'interrupt.opened') found = event.interrupts;
    }
  }
  return found;
}
