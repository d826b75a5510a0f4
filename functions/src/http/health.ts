import { RUNS, type Health } from '@longrun/shared';
import { modelLabel } from '../agents/models/setting.ts';
import { log } from '../telemetry/log.ts';
import { lastBackup } from './last-backup.ts';
import type { Services } from './services.ts';

/** All parts are asked at once, so an answer takes hardly longer than this. Milliseconds. */
const CHECK_MS = 2_000;
/** Anyone may ask, as often as they like: the parts are asked no more than once in so long. Milliseconds. */
const REPORT_MS = 3_000;
/** Counting costs more. Milliseconds. */
const DEPTH_MS = 10_000;

type Parts = Pick<Services, 'store' | 'queue' | 'config' | 'bootId' | 'auth'>;

/** C5: what answers, and what does not. No secrets, for anyone may ask. */
export function healthReporter(
  { store, queue, config, bootId, auth }: Parts,
  version: string,
): () => Promise<Health> {
  const depth = remembered(DEPTH_MS, store.clock.now, () =>
    store.documents.count({
      collection: RUNS,
      group: true,
      where: [{ field: 'status', op: '==', value: 'pending' }],
      // Names the index which lists of failed runs use too; runs that wait have no such time yet.
      orderBy: [{ field: 'finished_at', direction: 'desc' }],
    }),
  );
  return remembered(REPORT_MS, store.clock.now, async () => {
    const [storage, tasks, waiting, backup] = await Promise.all([
      inTime('storage', () => store.documents.get(['health/probe'])),
      inTime('queue', () => queue.check()),
      inTime('queue depth', depth),
      inTime('last backup', () => lastBackup(config.LONGRUN_BACKUPS)),
    ]);
    // Why it is broken is in the log: what a project's module throws is not for anyone to read.
    const isShut = auth !== undefined && auth.problem() !== null;
    return {
      status: storage !== null && tasks !== null && !isShut ? 'ok' : 'degraded',
      service: 'longrun-api',
      version,
      boot_id: bootId,
      storage: { kind: config.LONGRUN_STORAGE, state: storage === null ? 'unreachable' : 'ok' },
      queue: { state: tasks === null ? 'unreachable' : 'ok', depth: waiting?.value ?? null },
      last_backup: backup?.value ?? null,
      ...(auth === undefined ? {} : { auth: { state: isShut ? ('broken' as const) : ('ok' as const) } }),
      model: modelLabel(process.env),
    };
  });
}

/** The answer, or null when there was none in time. */
async function inTime<T>(part: string, ask: () => Promise<T>): Promise<{ value: T } | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS} ms`)), CHECK_MS);
  });
  try {
    return { value: await Promise.race([ask(), late]) };
  } catch (error) {
    log.error('A health check failed.', error, { part });
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** `ask`, whose answer is taken again for `ms`; those who come while it is asked share the answer. */
function remembered<T>(ms: number, now: () => number, ask: () => Promise<T>): () => Promise<T> {
  let last: { at: number; answer: Promise<T> } | undefined;
  return () => {
    // A clock that was set back makes it no younger.
    if (last !== undefined && Math.abs(now() - last.at) < ms) return last.answer;
    const asked = { at: now(), answer: ask() };
    last = asked;
    asked.answer.catch(() => {
      // A failure is not remembered; whoever asked has it.
      if (last === asked) last = undefined;
    });
    return asked.answer;
  };
}
