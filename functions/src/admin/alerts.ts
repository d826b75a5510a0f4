import type { AdminAlert, AdminMetrics } from '@longrun/shared';

/** D8: infra/gcp's alert policies have the same thresholds. */
const ERROR_RATE_PERCENT = 5;
const QUEUE_DEPTH = 50;
const API_LATENCY_S = 2;
const DAILY_COST_USD = 5;

export interface Measured {
  lastHour: Pick<AdminMetrics, 'completed' | 'failed'>;
  lastDay: Pick<AdminMetrics, 'completed' | 'failed' | 'cancelled' | 'sampled' | 'usage'>;
  waiting: number;
  /** How long one call of the API took; null when it could not be made. Milliseconds. */
  apiMs: number | null;
}

export function alertsOf({ lastHour, lastDay, waiting, apiMs }: Measured): AdminAlert[] {
  const ended = lastHour.completed + lastHour.failed;
  const all = lastDay.completed + lastDay.failed + lastDay.cancelled;
  const sampled = lastDay.sampled === 0 ? 1 : lastDay.sampled;
  // What was not looked at is taken to have cost as much as what was.
  const cost = all > lastDay.sampled ? (lastDay.usage.cost_usd / sampled) * all : lastDay.usage.cost_usd;
  return [
    alert(
      'error_rate',
      ended === 0 ? null : (lastHour.failed / ended) * 100,
      ERROR_RATE_PERCENT,
      'percent',
      'of the runs that ended in the last hour',
    ),
    alert('queue_depth', waiting, QUEUE_DEPTH, 'runs', 'wait for a worker now'),
    alert(
      'api_latency',
      apiMs === null ? null : apiMs / 1_000,
      API_LATENCY_S,
      'seconds',
      'for one call of /api/health, made just now',
    ),
    alert(
      'daily_cost',
      cost,
      DAILY_COST_USD,
      'usd',
      all > lastDay.sampled
        ? `in the last 24 hours, estimated from the newest ${sampled} runs`
        : 'in the last 24 hours',
    ),
  ];
}

function alert(
  name: AdminAlert['name'],
  value: number | null,
  threshold: number,
  unit: AdminAlert['unit'],
  detail: string,
): AdminAlert {
  return { name, value, threshold, unit, detail, firing: value !== null && value > threshold };
}
