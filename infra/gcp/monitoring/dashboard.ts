import * as gcp from '@pulumi/gcp';
import type * as pulumi from '@pulumi/pulumi';
import { NAMES, type Stack } from '../stack.ts';
import { LOG_METRICS, promName } from './log-metrics.ts';

interface Chart {
  title: string;
  unit: string;
  lines: { query: string; legend: string }[];
}

const LOGS = 'monitored_resource="cloud_run_revision"';

function quantile(q: number, metric: { name: string }, by = ''): string {
  return `histogram_quantile(${q}, sum by (le${by}) (increase(${promName(metric)}_bucket{${LOGS}}[\${__interval}])))`;
}

function increase(metric: { name: string }, suffix: '' | '_sum', match = ''): string {
  return `sum(increase(${promName(metric)}${suffix}{${LOGS}${match}}[\${__interval}]))`;
}

const { runs, duration, queueWait, nodes, inputTokens, outputTokens, cost, apiLatency } = LOG_METRICS;

/** The figures of the operators' page, kept longer and beside Google's own. */
export const CHARTS: readonly Chart[] = [
  {
    title: 'Runs that ended',
    unit: '1',
    lines: ['completed', 'failed', 'cancelled'].map((status) => ({
      query: increase(runs, '', `,status="${status}"`),
      legend: status,
    })),
  },
  {
    title: 'Success rate',
    unit: '10^2.%',
    lines: [
      {
        query: `${increase(runs, '', ',status="completed"')} / ${increase(runs, '', ',status=~"completed|failed"')}`,
        legend: 'completed of completed and failed',
      },
    ],
  },
  {
    title: 'Processing time',
    unit: 'ms',
    lines: [0.5, 0.95].map((q) => ({ query: quantile(q, duration), legend: `p${q * 100}` })),
  },
  {
    title: 'Queue wait',
    unit: 'ms',
    lines: [0.5, 0.95].map((q) => ({ query: quantile(q, queueWait), legend: `p${q * 100}` })),
  },
  {
    title: 'Latency per node, p95',
    unit: 'ms',
    lines: [{ query: quantile(0.95, nodes, ', graph, node'), legend: '${labels.graph} ${labels.node}' }],
  },
  {
    title: 'Tokens',
    unit: '1',
    lines: [
      { query: increase(inputTokens, '_sum'), legend: 'in' },
      { query: increase(outputTokens, '_sum'), legend: 'out' },
    ],
  },
  { title: 'Cost of the model', unit: 'USD', lines: [{ query: increase(cost, '_sum'), legend: 'dollars' }] },
  {
    title: 'Queue depth',
    unit: '1',
    lines: [
      {
        query: `max(cloudtasks_googleapis_com:queue_depth{monitored_resource="cloud_tasks_queue",queue_id="${NAMES.queue}"})`,
        legend: 'tasks',
      },
    ],
  },
  {
    title: 'Instances',
    unit: '1',
    lines: [
      {
        query:
          'sum by (service_name) (run_googleapis_com:container_instance_count{monitored_resource="cloud_run_revision"})',
        legend: '${labels.service_name}',
      },
    ],
  },
  {
    title: 'API latency',
    unit: 's',
    lines: [0.5, 0.95].map((q) => ({ query: quantile(q, apiLatency), legend: `p${q * 100}` })),
  },
];

const COLUMNS = 12;
const WIDTH = 6;
const HEIGHT = 4;

export function makeDashboard(stack: Stack, metrics: pulumi.Resource[]): void {
  const tiles = CHARTS.map(({ title, unit, lines }, i) => ({
    xPos: (i * WIDTH) % COLUMNS,
    yPos: Math.floor((i * WIDTH) / COLUMNS) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    widget: {
      title,
      xyChart: {
        dataSets: lines.map(({ query, legend }) => ({
          plotType: 'LINE',
          legendTemplate: legend,
          timeSeriesQuery: { prometheusQuery: query, unitOverride: unit },
        })),
      },
    },
  }));
  new gcp.monitoring.Dashboard(
    'longrun',
    {
      project: stack.settings.project,
      dashboardJson: JSON.stringify({ displayName: 'Longrun', mosaicLayout: { columns: COLUMNS, tiles } }),
    },
    { dependsOn: metrics },
  );
}
