import * as gcp from '@pulumi/gcp';
import { NAMES, type Stack } from '../stack.ts';

/** A figure that is taken from the functions' log lines. */
interface LogMetric {
  name: string;
  description: string;
  unit: string;
  filter: string;
  /** Field that is measured; absent: lines are counted. */
  value?: string;
  labels: Record<string, string>;
}

/** The worker ends most runs, the API those that were cancelled before. */
const FUNCTIONS = 'resource.type="cloud_run_revision" AND resource.labels.service_name=~"^longrun-"';
const RUN_ENDED = `${FUNCTIONS} AND jsonPayload.event="run.ended"`;
const BY_GRAPH = { graph: 'jsonPayload.graph' };

/** What the functions say with `run.ended` and `node.ended`, and what Cloud Run says of the API's requests. */
export const LOG_METRICS = {
  runs: {
    name: 'longrun_runs_ended',
    description: 'Runs that ended, by outcome.',
    unit: '1',
    filter: RUN_ENDED,
    labels: { status: 'jsonPayload.status', ...BY_GRAPH },
  },
  duration: {
    name: 'longrun_run_duration',
    description: 'From creation to the end, with all waiting.',
    unit: 'ms',
    filter: RUN_ENDED,
    value: 'jsonPayload.duration_ms',
    labels: BY_GRAPH,
  },
  queueWait: {
    name: 'longrun_queue_wait',
    description: 'From creation to the first start.',
    unit: 'ms',
    filter: RUN_ENDED,
    value: 'jsonPayload.queue_wait_ms',
    labels: BY_GRAPH,
  },
  cost: {
    name: 'longrun_run_cost',
    description: 'What the model was paid for a run.',
    unit: 'USD',
    filter: RUN_ENDED,
    value: 'jsonPayload.cost_usd',
    labels: BY_GRAPH,
  },
  inputTokens: {
    name: 'longrun_input_tokens',
    description: 'Tokens that a run sent to the model.',
    unit: '1',
    filter: RUN_ENDED,
    value: 'jsonPayload.input_tokens',
    labels: BY_GRAPH,
  },
  outputTokens: {
    name: 'longrun_output_tokens',
    description: 'Tokens that the model answered in a run.',
    unit: '1',
    filter: RUN_ENDED,
    value: 'jsonPayload.output_tokens',
    labels: BY_GRAPH,
  },
  nodes: {
    name: 'longrun_node_duration',
    description: 'Time of one node of a graph.',
    unit: 'ms',
    filter: `${FUNCTIONS} AND jsonPayload.event="node.ended"`,
    value: 'jsonPayload.duration_ms',
    labels: { node: 'jsonPayload.node', ...BY_GRAPH },
  },
  apiLatency: {
    name: 'longrun_api_latency',
    description: 'Time of a request to the API; streams and joins are left out, which last as long as a run.',
    unit: 's',
    filter: [
      'resource.type="cloud_run_revision"',
      `resource.labels.service_name="${NAMES.function('api')}"`,
      'log_id("run.googleapis.com/requests")',
      'httpRequest.requestUrl!~"/(stream|join|wait|events)([/?]|$)"',
    ].join(' AND '),
    value: 'httpRequest.latency',
    labels: {},
  },
} satisfies Record<string, LogMetric>;

/** How Cloud Monitoring's PromQL calls it. */
export function promName({ name }: { name: string }): string {
  return `logging_googleapis_com:user_${name}`;
}

export function makeLogMetrics(stack: Stack): gcp.logging.Metric[] {
  return Object.values<LogMetric>(LOG_METRICS).map(
    ({ name, description, unit, filter, value, labels }) =>
      new gcp.logging.Metric(
        name,
        {
          project: stack.settings.project,
          name,
          description,
          filter,
          labelExtractors: Object.fromEntries(
            Object.entries(labels).map(([label, field]) => [label, `EXTRACT(${field})`]),
          ),
          metricDescriptor: {
            metricKind: 'DELTA',
            valueType: value === undefined ? 'INT64' : 'DISTRIBUTION',
            unit,
            labels: Object.keys(labels).map((key) => ({ key, valueType: 'STRING' })),
          },
          ...(value === undefined
            ? {}
            : { valueExtractor: `EXTRACT(${value})`, bucketOptions: bucketsOf(unit) }),
        },
        stack.after,
      ),
  );
}

/** Each bucket is 1.5 times as wide as the one before: from 1 ms to 3 hours, 10 ms to 9 hours, $0.0001 to $1,600. */
function bucketsOf(unit: string) {
  const scale = unit === 'USD' ? 0.0001 : unit === 's' ? 0.01 : 1;
  return { exponentialBuckets: { numFiniteBuckets: 42, growthFactor: 1.5, scale } };
}
