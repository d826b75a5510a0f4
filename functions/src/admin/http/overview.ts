import { MAX_PAGE, type AdminOverview } from '@longrun/shared';
import { modelLabel } from '../../agents/models/setting.ts';
import type { Accounts } from '../../ports/accounts.ts';
import { alertsOf } from '../alerts.ts';
import type { Metrics } from '../metrics.ts';
import type { QueueView } from '../queue.ts';
import { log } from '../../telemetry/log.ts';
import type { Services } from '../../http/services.ts';
import { partsHealth } from './parts.ts';

const API_MS = 5_000;

export interface OverviewContext {
  services: Pick<Services, 'config' | 'store' | 'queue' | 'cache'>;
  accounts: Accounts;
  metrics: Metrics;
  queue: QueueView;
  version: string;
}

/** `uid`: whose account is looked at to see whether the identity service answers. */
export async function overviewOf(context: OverviewContext, uid: string): Promise<AdminOverview> {
  const { services, accounts, metrics, queue, version } = context;
  const now = services.store.clock.now();
  const [parts, going, lastHour, lastDay, apiMs] = await Promise.all([
    partsHealth(services, accounts, uid),
    queue.look(now, MAX_PAGE),
    metrics.of(1),
    metrics.of(24),
    apiLatency(services.config.PAGE_URL),
  ]);
  return {
    at: new Date(now).toISOString(),
    version,
    model: modelLabel(process.env),
    parts,
    ...going,
    alerts: alertsOf({ lastHour, lastDay, waiting: going.queue.waiting, apiMs }),
  };
}

/** The API is another process, which only its own answers tell of. Milliseconds; null: not known where it is, or it does not answer. */
async function apiLatency(page: string | undefined): Promise<number | null> {
  if (page === undefined) return null;
  const start = performance.now();
  try {
    const response = await fetch(new URL('/api/health', page), { signal: AbortSignal.timeout(API_MS) });
    await response.body?.cancel();
    return performance.now() - start;
  } catch (error) {
    log.warn('The API did not answer its health check.', { error: String(error) });
    // Longer than any threshold: that it does not answer is worse than slow.
    return API_MS;
  }
}
