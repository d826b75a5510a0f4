import type { Run } from '@longrun/shared';
import type { Documents } from '../../../ports/documents.ts';
import { turnsOf } from '../../../runtime/runs/turns.ts';
import { listRuns } from '../../runs-query.ts';
import { apiRun, type ApiRun } from './run-object.ts';
import type { ListQuery } from './schemas.ts';

/** Runs that are read at once, at most: each may have half a megabyte. */
const PAGE = 100;

/** A thread's turns, newest first, without the whole of the runs to which they belong, and without what was undone. */
export async function listTurns(
  documents: Documents,
  uid: string,
  threadId: string,
  { limit, offset, status, select }: ListQuery,
): Promise<Partial<ApiRun>[]> {
  const found: Partial<ApiRun>[] = [];
  const fields = select === undefined ? null : new Set([select].flat());
  const undone = new Set<string>();
  let passed = 0;
  for await (const run of runsOf(documents, uid, threadId, status, Math.min(PAGE, offset + limit))) {
    if (run.rollback_of !== null) undone.add(run.rollback_of);
    if (undone.has(run.run_id)) continue;
    for (const turn of turnsOf(run).toReversed()) {
      if (status !== undefined && turn.status !== status) continue;
      passed += 1;
      if (passed > offset) found.push(narrowed(apiRun(run, turn), fields));
      if (found.length === limit) return found;
    }
  }
  return found;
}

/** Newest first. Only of one that is not over do the API and the run's record say the same of its state. */
async function* runsOf(
  documents: Documents,
  uid: string,
  threadId: string,
  status: ListQuery['status'],
  limit: number,
): AsyncIterable<Run> {
  const same = status === 'pending' || status === 'running' ? { status } : {};
  for (let cursor: string | undefined; ;) {
    const page = await listRuns(documents, uid, {
      thread_id: threadId,
      limit,
      ...same,
      ...(cursor === undefined ? {} : { cursor }),
    });
    yield* page.runs;
    if (page.next_cursor === null) return;
    cursor = page.next_cursor;
  }
}

function narrowed(run: ApiRun, fields: ReadonlySet<string> | null): Partial<ApiRun> {
  if (fields === null) return run;
  return Object.fromEntries(Object.entries(run).filter(([name]) => fields.has(name)));
}
