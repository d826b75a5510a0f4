import { cronPath, LongrunError, type CreateRun, type Json } from '@longrun/shared';
import { startCron } from '../../functions/src/http/agent/crons/start.ts';
import { cancelTurn } from '../../functions/src/http/agent/runs/cancel.ts';
import { startTurn } from '../../functions/src/http/agent/runs/create.ts';
import { removeTemporary } from '../../functions/src/http/agent/runs/temporary.ts';
import { isAtWork, untilTurnEnds, type FoundTurn } from '../../functions/src/http/agent/runs/until-ended.ts';
import { editState } from '../../functions/src/http/agent/threads/edit-state.ts';
import { localReader } from '../../functions/src/graph-reader/testing.ts';
import type { TaskQueue } from '../../functions/src/ports/task-queue.ts';
import { CommitConflict } from '../../functions/src/ports/documents.ts';
import { Catalog } from '../../functions/src/project/catalog.ts';
import type { Quotas } from '../../functions/src/quotas/quotas.ts';
// Loaded when they are needed, which takes no time in a world if they are there.
import '../../functions/src/runtime/crons/fire.ts';
import '../../functions/src/runtime/housekeeping/rollback.ts';
import { cronFields, type Cron } from '../../functions/src/runtime/crons/cron.ts';
import { nextTime } from '../../functions/src/runtime/crons/schedule.ts';
import { sweepCrons } from '../../functions/src/runtime/crons/sweep-crons.ts';
import type { RunStore } from '../../functions/src/runtime/runs/run-store.ts';
import { findTurn } from '../../functions/src/runtime/runs/turns.ts';
import { GRAPH_NAMES } from './graphs.ts';

/** What is asked of the Agent Server API, without HTTP. */
export interface AgentHost {
  /** `threadId` null: the run gets a thread of its own. */
  start(uid: string, threadId: string | null, given: CreateRun, key?: string): Promise<FoundTurn>;
  /** Waits for the end of a run that has a thread of its own, which is gone with it afterwards. */
  waitAndRemove(uid: string, turnId: string): Promise<void>;
  /** Returns the id of the checkpoint that was made. */
  edit(uid: string, threadId: string, values: Json): Promise<string>;
  /** Ends the turn, if it is at work, and all that it did is as if it had never been. */
  undo(uid: string, turnId: string): Promise<{ atWork: boolean }>;
  makeCron(cron: Cron): Promise<void>;
  sweepCrons(): Promise<void>;
}

const catalog = new Catalog({
  project: {
    file: '/sim/langgraph.json',
    folder: '/sim',
    graphs: new Map(
      GRAPH_NAMES.map((id) => [id, { id, place: id, file: id, exportName: 'graph', description: '' }]),
    ),
    env: {},
    notices: [],
  },
  file: '/sim/graphs.json',
  limitMs: 1_000,
});

export function agentHost(parts: {
  store: RunStore;
  queue: TaskQueue;
  quotas: Quotas;
  /** A graph as its module exports it. */
  exported: (graph: string) => unknown;
}): AgentHost {
  const { store, queue, quotas, exported } = parts;
  const services = { store, queue, quotas, catalog };
  const never = new AbortController().signal;
  const customer = (uid: string) => ({ uid, anonymous: false });
  const require = async (uid: string, turnId: string): Promise<FoundTurn> => {
    const found = await findTurn(store, uid, turnId);
    if (found === undefined) throw new LongrunError('not_found', `There is no run ${turnId}.`);
    return found;
  };
  return {
    start: (uid, threadId, given, key) =>
      startTurn(services, customer(uid), given, {
        identity: undefined,
        threadInPath: threadId ?? undefined,
        key,
      }),
    async waitAndRemove(uid, turnId) {
      const found = await require(uid, turnId);
      await untilTurnEnds(store.documents, found, never);
      await removeTemporary(services, found);
    },
    async edit(uid, threadId, values) {
      const [thread] = await store.documents.get([`users/${uid}/threads/${threadId}`]);
      // The run whose thread it is may not have been created yet.
      if (thread === undefined) throw new LongrunError('not_found', `There is no thread ${threadId}.`);
      const graph = String(thread.fields['assistant_id']);
      const reader = localReader(store, exported(graph));
      const edit = { supersteps: [{ updates: [{ values }] }] };
      const { checkpoint } = await editState({ store, queue, reader }, uid, threadId, edit);
      return String(checkpoint.checkpoint_id);
    },
    async undo(uid, turnId) {
      const found = await require(uid, turnId);
      await cancelTurn(services, found, 'rollback');
      return { atWork: isAtWork(found.turn) };
    },
    async makeCron(cron) {
      const fields = cronFields({ ...cron, next_run_at: nextTime(cron, store.clock.now()) });
      try {
        const path = cronPath(cron.owner, cron.cron_id);
        await store.documents.commit([{ op: 'create', path, fields }]);
      } catch (error) {
        // It was made by a request whose answer was lost.
        if (!(error instanceof CommitConflict)) throw error;
      }
    },
    async sweepCrons() {
      await sweepCrons(store, (cron, runId) => startCron(services, cron, runId));
    },
  };
}
