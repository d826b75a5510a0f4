import type { Json, JsonObject } from '@longrun/shared';
import { lazy } from '../../../lib/lazy.ts';
import type { Services } from '../../services.ts';
import type { StoredThread } from './stored-thread.ts';

/** A thread as the Agent Server API shows it. */
export type ThreadObject = JsonObject;

const MINUTE_MS = 60_000;

/** Reads checkpoints with LangGraph's classes, which are no part of a cold start. */
const reading = lazy(() => import('./newest-state.ts'));

/** With what its newest checkpoint holds, unless `state` is false: a list need not show it. */
export async function presented(
  services: Services,
  uid: string,
  thread: StoredThread,
  show: { state?: boolean; ttl?: boolean } = {},
): Promise<ThreadObject> {
  const { title, active_run_id, graph_id: _, ttl_minutes, ...fields } = thread;
  const found = show.state === false ? undefined : await (await reading()).newestState(services, uid, thread);
  return {
    ...fields,
    ...(found?.values === undefined ? {} : { values: found.values }),
    ...(found === undefined ? {} : { interrupts: found.interrupts }),
    ...(found?.error === undefined ? {} : { error: found.error }),
    ...(show.ttl === true ? { ttl: ttlOf(thread, ttl_minutes) } : {}),
    longrun: { title, active_run_id },
  };
}

function ttlOf({ updated_at }: StoredThread, minutes: number | null): Json {
  if (minutes === null) return null;
  const expires = Date.parse(updated_at) + minutes * MINUTE_MS;
  return { strategy: 'delete', ttl_minutes: minutes, expires_at: new Date(expires).toISOString() };
}
