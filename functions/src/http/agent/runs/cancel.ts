import { LongrunError } from '@longrun/shared';
import { findTurn } from '../../../runtime/runs/turns.ts';
import { cancelRun } from '../../commands.ts';
import { listRuns } from '../../runs-query.ts';
import type { Services } from '../../services.ts';
import type { CancelMany, CancelQuery } from './schemas.ts';
import { isAtWork, type FoundTurn } from './until-ended.ts';

type Parts = Pick<Services, 'store' | 'queue'>;
type Action = NonNullable<CancelQuery['action']>;

/** How many are cancelled at the same time. */
const AT_ONCE = 10;
const PAGE = 100;

/** Ends a turn that is at work, within two seconds. One that has ended, and be it by asking, stays as it is. */
export async function cancelTurn(
  parts: Parts,
  { run, turn }: FoundTurn,
  action: Action,
  reason?: string,
): Promise<void> {
  if (!isAtWork(turn)) return;
  await cancelRun(parts, run.owner, run.run_id, {
    ...(reason === undefined ? {} : { reason }),
    rollback: action === 'rollback',
  });
}

/** Runs that are named, or all that are in a state. Those that have ended stay as they are. Throws `invalid_request`, `not_found`. */
export async function cancelMany(
  parts: Parts,
  uid: string,
  { thread_id, run_ids, status }: CancelMany,
  { action, allows }: { action: Action; allows: (threadId: string) => Promise<boolean> },
): Promise<void> {
  const named = run_ids ?? [];
  if (named.length === 0 && !status) {
    throw new LongrunError('invalid_request', 'body: name runs with run_ids, or their state with status.');
  }
  const ids = new Set(named);
  if (status) {
    for (const each of status === 'all' ? (['pending', 'running'] as const) : [status]) {
      for (const id of await idsOf(parts, uid, each, thread_id)) ids.add(id);
    }
  }
  const all = [...ids];
  for (let i = 0; i < all.length; i += AT_ONCE) {
    await Promise.all(
      all.slice(i, i + AT_ONCE).map(async (id) => {
        const found = await findTurn(parts.store, uid, id);
        const isElsewhere = thread_id && found?.run.thread_id !== thread_id;
        if (found === undefined || isElsewhere || !(await allows(found.run.thread_id))) {
          if (named.includes(id)) throw new LongrunError('not_found', `There is no run ${id.slice(0, 100)}.`);
          return;
        }
        await cancelTurn(parts, found, action);
      }),
    );
  }
}

async function idsOf(
  { store }: Parts,
  uid: string,
  status: 'pending' | 'running',
  threadId: string | null | undefined,
): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await listRuns(store.documents, uid, {
      limit: PAGE,
      status,
      ...(threadId ? { thread_id: threadId } : {}),
      ...(cursor === undefined ? {} : { cursor }),
    });
    ids.push(...page.runs.map(({ run_id, turns }) => turns.at(-1)?.run_id ?? run_id));
    if (page.next_cursor === null) return ids;
    cursor = page.next_cursor;
  }
}
