import { isTerminal, runFromDoc, runsPath, type Json, type Run, type Turn } from '@longrun/shared';
import type { RunStore } from './run-store.ts';

/** A turn of a run, which the Agent Server API shows as a run of its own. */
export interface ApiTurn {
  run_id: string;
  thread_id: string;
  status: 'pending' | 'running' | 'success' | 'error' | 'interrupted' | 'timeout';
  created_at: string;
  updated_at: string;
  request: Json;
  metadata: Json;
  /** First event of the turn. */
  fromSeq: number;
  last: boolean;
}

export function turnsOf(run: Run): ApiTurn[] {
  const first = { run_id: run.run_id, request: run.request, seq: 1, at: run.created_at };
  const all: Pick<Turn, 'run_id' | 'request' | 'seq' | 'at'>[] = [first, ...run.turns];
  return all.map(({ run_id, request, seq, at }, i) => {
    const next = run.turns[i];
    return {
      run_id,
      thread_id: run.thread_id,
      status: next === undefined ? statusOf(run) : 'success',
      created_at: at,
      updated_at: next?.asked_at ?? run.updated_at,
      request,
      metadata: run.metadata,
      fromSeq: seq,
      last: next === undefined,
    };
  });
}

function statusOf(run: Run): ApiTurn['status'] {
  switch (run.status) {
    case 'pending':
    case 'running':
      return run.status;
    case 'interrupted':
    case 'completed':
      return 'success';
    case 'cancelled':
      return 'interrupted';
    case 'failed':
      return run.error?.code.endsWith('timeout') === true ? 'timeout' : 'error';
  }
}

export async function findTurn(
  store: RunStore,
  uid: string,
  apiRunId: string,
): Promise<{ run: Run; turn: ApiTurn } | undefined> {
  const loaded = await store.load(uid, apiRunId);
  const runs =
    loaded === undefined
      ? (await store.documents.query({ collection: runsPath(uid) })).map(({ fields }) => runFromDoc(fields))
      : [loaded.run];
  for (const run of runs) {
    const turn = turnsOf(run).find(({ run_id }) => run_id === apiRunId);
    if (turn !== undefined)
      return { run: isTerminal(run.status) ? run : (await store.require(uid, run.run_id)).run, turn };
  }
  return undefined;
}
