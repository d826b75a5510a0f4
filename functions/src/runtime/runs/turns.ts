import { runPath, turnPath, type Json, type Run } from '@longrun/shared';
import type { RunStore } from './run-store.ts';

/** One run as the Agent Server API shows it: what a run did from its start, or from an answer, until it asked or ended. */
export interface ApiTurn {
  run_id: string;
  thread_id: string;
  status: 'pending' | 'running' | 'success' | 'error' | 'interrupted' | 'timeout';
  created_at: string;
  updated_at: string;
  /** The API's `kwargs`; null when it was not begun by its clients. */
  request: Json;
  metadata: Json;
  /** Its first event. */
  fromSeq: number;
  /** No other follows as yet. */
  last: boolean;
}

/** Codes of errors that say that time ran out. */
const TIMEOUTS = new Set(['run_timeout', 'step_timeout', 'step_too_long']);

/** In order; the first has the run's own id. Of very many, the oldest but the first are left out. */
export function turnsOf(run: Run): ApiTurn[] {
  const { run_id, request, metadata } = run;
  const first = { run_id, request, metadata, at: run.start_at ?? run.created_at, seq: 1 };
  const begun = [first, ...run.turns];
  let now: Json = metadata;
  return begun.map((turn, i): ApiTurn => {
    const next = run.turns[i];
    now = turn.metadata ?? now;
    return {
      run_id: turn.run_id,
      thread_id: run.thread_id,
      status: next === undefined ? statusOf(run) : 'success',
      created_at: turn.at,
      updated_at: next === undefined ? endOf(run) : (next.asked_at ?? next.at),
      request: turn.request,
      metadata: now,
      fromSeq: turn.seq,
      last: next === undefined,
    };
  });
}

/** The metadata that holds now: that of the newest turn which named any. */
export function metadataOf(run: Run): Json {
  return run.turns.findLast(({ metadata }) => metadata !== null)?.metadata ?? run.metadata;
}

/** Under which the API knows the turn that is at work, or that was last. It is in the log before the turn begins, so every attempt has it. */
export function turnIdOf(run: Run): string {
  return run.turns.at(-1)?.run_id ?? run.run_id;
}

/** The turn that the API knows by this id, and its run. One that a later run undid is none. */
export async function findTurn(
  store: RunStore,
  uid: string,
  id: string,
): Promise<{ run: Run; turn: ApiTurn } | undefined> {
  const [own, lookup] = await store.documents.get([runPath(uid, id), turnPath(uid, id)]);
  if (own?.fields['undone'] === true) return undefined;
  const runId = own === undefined ? lookup?.fields['run_id'] : id;
  const loaded = typeof runId === 'string' ? await store.load(uid, runId) : undefined;
  const turn = loaded === undefined ? undefined : turnsOf(loaded.run).find(({ run_id }) => run_id === id);
  return loaded === undefined || turn === undefined ? undefined : { run: loaded.run, turn };
}

function statusOf(run: Run): ApiTurn['status'] {
  switch (run.status) {
    case 'pending':
    case 'running':
      return run.status;
    case 'interrupted':
    case 'completed':
      return 'success';
    case 'failed':
      return TIMEOUTS.has(run.error?.code ?? '') ? 'timeout' : 'error';
    case 'cancelled':
      // It had ended by asking, and was ended as nobody answered.
      return run.withdrawn ? 'success' : 'interrupted';
    default:
      return run.status satisfies never;
  }
}

/** When the last turn ended, or was last heard of. */
function endOf(run: Run): string {
  return run.asked_at ?? run.updated_at;
}
