import { LongrunError } from '@longrun/shared';
import { derivedId } from '../../lib/derived-id.ts';
import { untilUncontested } from '../../lib/until-uncontested.ts';
import type { Fields } from '../../ports/documents.ts';
import { log } from '../../telemetry/log.ts';
import type { RunStore } from '../runs/run-store.ts';
import { readCron, type Cron, type CronFailure } from './cron.ts';
import { nextTime } from './schedule.ts';

/** Starts the run of that id, or finds it. */
export type StartCron = (cron: Cron, runId: string) => Promise<unknown>;

/** What may be over soon is tried again for so long; then the next time counts. Milliseconds. */
const RETRY_MS = 600_000;
const PASSING: ReadonlySet<string> = new Set(['unavailable', 'internal']);

/**
 * Starts the run of a cron that is due, once for however many times were missed, and names the next time. The run's id
 * follows from the time at which it was due, so whoever does this at the same time starts the same run. Returns whether
 * there is a run.
 */
export async function fire(store: RunStore, path: string, start: StartCron): Promise<boolean> {
  const [doc] = await store.documents.get([path]);
  const cron = doc === undefined ? undefined : readCron(doc);
  const due = cron?.next_run_at ?? null;
  if (cron === undefined || due === null || Date.parse(due) > store.clock.now()) return false;
  const runId = derivedId('cron', cron.owner, cron.cron_id, due);
  const error = await failureOf(store, cron, () => start(cron, runId));
  const isTriedAgain =
    error !== null && PASSING.has(error.code) && Date.parse(due) + RETRY_MS > store.clock.now();
  await note(store, path, due, (now) => ({
    ...(error === null
      ? { last_run_id: runId, last_run_at: iso(store), last_error: null }
      : { last_error: { ...error } }),
    ...(isTriedAgain ? {} : nextOf(store, now)),
  }));
  return error === null;
}

async function failureOf(
  store: RunStore,
  { cron_id }: Cron,
  start: () => Promise<unknown>,
): Promise<CronFailure | null> {
  try {
    await start();
    return null;
  } catch (error) {
    if (error instanceof LongrunError && error.code !== 'internal') {
      // The run is there; the cron, or its assistant, was changed since.
      if (error.code === 'idempotency_conflict') return null;
      const { code, message } = error;
      log.warn('A cron could not start a run.', { cron_id, code, reason: message });
      return { code, message, at: iso(store) };
    }
    log.error('A cron could not start a run.', error, { cron_id });
    return { code: 'internal', message: 'The run could not be started.', at: iso(store) };
  }
}

/** Of a cron that has moved on, or was removed, nothing is noted. */
async function note(
  store: RunStore,
  path: string,
  due: string,
  fields: (cron: Cron) => Fields,
): Promise<void> {
  await untilUncontested(store.clock, async () => {
    const [doc] = await store.documents.get([path]);
    if (doc?.fields['next_run_at'] !== due) return;
    const { version } = doc;
    await store.documents.commit([{ op: 'update', path, version, fields: fields(readCron(doc)) }]);
  });
}

function nextOf(store: RunStore, cron: Cron): Fields {
  try {
    return { next_run_at: nextTime(cron, store.clock.now()) };
  } catch (error) {
    if (!(error instanceof LongrunError)) throw error;
    // Time zones come and go with the platform.
    const { code, message } = error;
    return { next_run_at: null, last_error: { code, message, at: iso(store) } };
  }
}

const iso = (store: RunStore) => new Date(store.clock.now()).toISOString();
