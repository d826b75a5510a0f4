import type {
  AdminConfig,
  AdminLimits,
  AdminMetrics,
  AdminOperation,
  AdminOverview,
  AdminStorage,
  AuditEntry,
  DeadLetter,
  RunTrace,
  TraceSpan,
} from '@longrun/shared';

/** What the routes below /api/admin answer for an installation in which something is amiss. */
const NOW = Date.parse('2026-03-01T12:00:00Z');
const before = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

export const overview: AdminOverview = {
  at: before(0),
  version: '0.1.0',
  model: 'extractive',
  parts: [
    { name: 'storage', state: 'ok', detail: 'The embedded Firestore answers.', latency_ms: 3.1 },
    { name: 'queue', state: 'ok', detail: 'The embedded Cloud Tasks answers.', latency_ms: 2 },
    { name: 'cache', state: 'unreachable', detail: 'Redis at 127.0.0.1:6379 refused.', latency_ms: null },
    { name: 'tracing', state: 'off', detail: 'No address is set.', latency_ms: null },
  ],
  queue: { waiting: 3, running: 2, interrupted: 1, oldest_waiting_s: 75 },
  workers: 2,
  active: [
    {
      owner: 'u',
      run_id: 'mine',
      thread_id: 'mine',
      assistant_id: 'research',
      title: 'My own question',
      status: 'running',
      attempt: 2,
      created_at: before(4),
      started_at: before(4),
      updated_at: before(1),
      nodes: ['write'],
    },
    {
      owner: 'another-person-of-this-place',
      run_id: 'theirs',
      thread_id: 'theirs',
      assistant_id: 'research',
      title: 'What another person asked',
      status: 'interrupted',
      attempt: 1,
      created_at: before(90),
      started_at: before(90),
      updated_at: before(80),
      nodes: [],
    },
  ],
  alerts: [
    {
      name: 'error_rate',
      value: 12.5,
      threshold: 5,
      unit: 'percent',
      firing: true,
      detail: 'of the runs that ended in the last hour',
    },
    { name: 'queue_depth', value: 3, threshold: 50, unit: 'runs', firing: false },
    { name: 'api_latency', value: null, threshold: 2, unit: 'seconds', firing: false },
    { name: 'daily_cost', value: 0.42, threshold: 5, unit: 'usd', firing: false },
  ],
};

export const deadLetters: DeadLetter[] = [
  {
    owner: 'another-person-of-this-place',
    run_id: 'dead1',
    thread_id: 'dead1',
    assistant_id: 'research',
    title: 'A run that was given up',
    attempt: 5,
    steps_done: 2,
    error: { code: 'upstream_error', message: 'The provider answered 500.' },
    finished_at: before(30),
    retried_by: null,
  },
  {
    owner: 'u',
    run_id: 'dead2',
    thread_id: 'dead2',
    assistant_id: 'research',
    title: 'Another one',
    attempt: 1,
    steps_done: 1,
    error: { code: 'graph_error', message: 'A step threw.' },
    finished_at: before(300),
    retried_by: null,
  },
  {
    owner: 'u',
    run_id: 'dead3',
    thread_id: 'dead3',
    assistant_id: 'research',
    title: 'One that was tried again',
    attempt: 1,
    steps_done: 0,
    error: null,
    finished_at: before(3_000),
    retried_by: 'again3',
  },
];

export function metrics(hours: number): AdminMetrics {
  return {
    since: before(hours * 60),
    until: before(0),
    completed: 180,
    failed: 7,
    cancelled: 5,
    success_rate: 180 / 187,
    sampled: 100,
    processing: { count: 100, p50_ms: 3_400, p95_ms: 21_000 },
    queue_wait: { count: 100, p50_ms: 48, p95_ms: 900 },
    nodes: [
      { assistant_id: 'research', node: 'search', count: 300, p50_ms: 90, p95_ms: 300 },
      { assistant_id: 'research', node: 'write', count: 100, p50_ms: 2_100, p95_ms: 15_000 },
    ],
    usage: { input_tokens: 1_204_000, output_tokens: 88_000, cost_usd: 0.42 },
    series: Array.from({ length: 24 }, (_, i) => ({
      from: before((24 - i) * (hours / 24) * 60),
      completed: (i * 7) % 15,
      failed: i % 6 === 5 ? 2 : 0,
      cancelled: i % 9 === 4 ? 1 : 0,
      cost_usd: i * 0.001,
    })),
  };
}

export const storage: AdminStorage = {
  kind: 'embedded',
  project: 'demo-longrun',
  database: '(default)',
  bytes: 4_321_000,
  backups: [
    { name: '2026-03-01T09-00-00Z', at: before(180), bytes: 4_100_000, kind: 'scheduled' },
    { name: '2026-02-28T20-00-00Z', at: before(960), bytes: 3_900_000, kind: 'shutdown' },
  ],
  last_backup_at: before(180),
  next_backup_at: before(-180),
  point_in_time_recovery: null,
};

export const config: AdminConfig = {
  settings: [
    { name: 'MODEL', value: 'extractive', secret: false, from: 'default' },
    { name: 'RUN_TTL_HOURS', value: '12', secret: false, from: 'environment' },
    { name: 'GOOGLE_API_KEY', value: null, secret: true, from: 'environment' },
    { name: 'OPENAI_API_KEY', value: null, secret: true, from: 'default' },
    { name: 'REDIS_URL', value: null, secret: false, from: 'default' },
  ],
};

const USER = { runs_at_once: 100, running_at_once: 20, runs_per_day: 2_000, usd_per_day: 20 };
const ANONYMOUS = { runs_at_once: 20, running_at_once: 5, runs_per_day: 200, usd_per_day: 2 };

export const limits: AdminLimits = {
  day: '2026-03-01',
  defaults: { user: USER, anonymous: ANONYMOUS, total: { runs_at_once: 2_000, usd_per_day: 100 } },
  limits: {
    user: { ...USER, runs_per_day: 50 },
    anonymous: ANONYMOUS,
    total: { runs_at_once: 2_000, usd_per_day: 100 },
  },
  used: { runs_at_once: 5, usd_today: 0.42 },
  users: [
    { owner: 'another-person-of-this-place', runs_today: 40, usd_today: 0.4, limits: null },
    { owner: 'u', runs_today: 2, usd_today: 0.02, limits: { usd_per_day: 50 } },
  ],
};

export function operation(change: Partial<AdminOperation> = {}): AdminOperation {
  return {
    operation_id: 'operation-1',
    action: 'purge_cdn',
    status: 'running',
    progress: 10,
    started_at: before(0),
    finished_at: null,
    detail: 'The CDN is asked to forget /*.',
    ...change,
  };
}

export function line(change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: 'line-1',
    at: before(5),
    by: { uid: 'u', email: 'admin@example.org' },
    action: 'flush_cache',
    target: 'all',
    outcome: 'succeeded',
    detail: '12 entries were removed.',
    operation_id: 'operation-0',
    ...change,
  };
}

/** A run that waited in the queue for 300 ms, did two steps with a model call each, and stored 12 times. */
export function trace(): RunTrace {
  const span = (
    id: string,
    parent: string | null,
    kind: TraceSpan['kind'],
    name: string,
    from: number,
    to: number,
    labels: TraceSpan['labels'] = {},
  ): TraceSpan => ({
    span_id: id,
    parent_span_id: parent,
    kind,
    name,
    start_ms: NOW + from,
    end_ms: NOW + to,
    labels,
  });
  return {
    run_id: 'r1',
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    spans: [
      span('b', null, 'browser', 'start a run', 0, 42),
      span('a', 'b', 'api', 'POST /api/runs', 4, 40),
      span('q', 'a', 'queue', 'queue wait', 40, 340),
      span('w', 'a', 'worker', 'attempt 1', 340, 4_340, { attempt: '1', worker: 'worker.0' }),
      span('n1', 'w', 'node', 'plan', 350, 1_350),
      span('m1', 'n1', 'model', 'gemini-2.5-flash', 400, 1_300, { input_tokens: '120', output_tokens: '40' }),
      span('n2', 'w', 'node', 'write', 1_360, 4_300),
      span('m2', 'n2', 'model', 'gemini-2.5-flash', 1_400, 4_200, { input_tokens: '900' }),
      ...Array.from({ length: 12 }, (_, i) =>
        span(`c${i}`, 'n2', 'storage', 'commit', 1_500 + i * 200, 1_507 + i * 200, { writes: '2' }),
      ),
    ],
  };
}
