import { NAMES } from '../stack.ts';
import { LOG_METRICS, promName } from './log-metrics.ts';

/** What is worth waking someone for. */
export interface Threshold {
  name: string;
  /** PromQL that answers with a value while all is not well. */
  query: string;
  /** How long it must be so. */
  duration: string;
  /** Told with the alert: what it means and what to look at. */
  advice: string;
}

const FUNCTIONS_LOGS = 'monitored_resource="cloud_run_revision"';
const RUNS = promName(LOG_METRICS.runs);
const COST = promName(LOG_METRICS.cost);
const LATENCY = promName(LOG_METRICS.apiLatency);
const DEPTH = `cloudtasks_googleapis_com:queue_depth{monitored_resource="cloud_tasks_queue",queue_id="${NAMES.queue}"}`;

const ended = (statuses: string) => `sum(increase(${RUNS}{${FUNCTIONS_LOGS},status=~"${statuses}"}[30m]))`;

/** The same four as the operators' page shows. */
export const THRESHOLDS: readonly Threshold[] = [
  {
    name: 'Error rate above 5 %',
    query: `${ended('failed')} / ${ended('completed|failed')} > 0.05`,
    duration: '0s',
    advice:
      'More than 5 % of the runs that ended in 30 minutes failed. The admin page lists them with their reasons, and can retry them from their last checkpoint.',
  },
  {
    name: 'Queue depth above 50',
    query: `max(${DEPTH}) > 50`,
    duration: '300s',
    advice:
      'More than 50 tasks have waited for 5 minutes. Either the worker fails (see its logs), or there is more work than maxInstances allows (infra/gcp/functions/sizes.ts).',
  },
  {
    name: 'API latency above 2 s',
    query: `histogram_quantile(0.95, sum by (le) (increase(${LATENCY}_bucket{${FUNCTIONS_LOGS}}[10m]))) > 2`,
    duration: '300s',
    advice:
      'One request in twenty takes longer than 2 s, streams apart. Traces of longrun-api show where the time goes.',
  },
  {
    name: 'Daily cost above $5',
    query: `sum(increase(${COST}_sum{${FUNCTIONS_LOGS}}[24h])) > 5`,
    duration: '0s',
    advice:
      'The model cost more than $5 in 24 hours. The admin page shows which graphs; quotas are set in functions/src/domain/limits.ts.',
  },
];
