import type { Health } from '@longrun/shared';
import { modelLabel } from '../agents/models/setting.ts';
import { log } from '../telemetry/log.ts';
import type { Services } from './services.ts';

const CHECK_MS = 2_000;

export async function health(services: Services, version: string): Promise<Health> {
  const { store, queue, config, bootId } = services;
  const [storage, queueState] = await Promise.all([
    answers('storage', () => store.documents.get(['health/probe'])),
    answers('queue', () => queue.check()),
  ]);
  return {
    status: storage === 'ok' && queueState === 'ok' ? 'ok' : 'degraded',
    service: 'longrun-api',
    version,
    boot_id: bootId,
    storage: { kind: config.LONGRUN_STORAGE, state: storage },
    queue: { state: queueState },
    model: modelLabel(process.env),
  };
}

async function answers(part: string, check: () => Promise<unknown>): Promise<'ok' | 'unreachable'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS} ms`)), CHECK_MS);
  });
  try {
    await Promise.race([check(), late]);
    return 'ok';
  } catch (error) {
    log.error('A health check failed.', error, { part });
    return 'unreachable';
  } finally {
    clearTimeout(timer);
  }
}
