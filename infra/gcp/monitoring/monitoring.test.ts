import { beforeAll, describe, expect, test } from 'vitest';
import { ofType, one, record, type Recording, RECORD_MS } from '../testing/record.ts';
import { CHARTS } from './dashboard.ts';
import { LOG_METRICS, promName } from './log-metrics.ts';
import { THRESHOLDS } from './thresholds.ts';

let recording: Recording;
beforeAll(async () => {
  recording = await record();
}, RECORD_MS);

describe('D8: alerts', () => {
  test.each([
    ['Error rate above 5 %', LOG_METRICS.runs, '> 0.05'],
    ['API latency above 2 s', LOG_METRICS.apiLatency, '> 2'],
    ['Daily cost above $5', LOG_METRICS.cost, '> 5'],
  ])('%s', (name, metric, bound) => {
    const query = THRESHOLDS.find((each) => each.name === name)?.query ?? '';
    expect(query).toContain(promName(metric));
    expect(query.endsWith(bound)).toBe(true);
  });

  test('Queue depth above 50', () => {
    const query = THRESHOLDS.find(({ name }) => name === 'Queue depth above 50')?.query ?? '';
    expect(query).toMatch(/cloudtasks_googleapis_com:queue_depth\{.*queue_id="runs"\}\) > 50$/);
  });

  test('each tells the operators', () => {
    const channel = one(recording, 'monitoring/notificationChannel:NotificationChannel', 'operators');
    expect(channel.inputs).toMatchObject({ type: 'email', labels: { email_address: 'ops@example.com' } });
    const policies = ofType(recording, 'monitoring/alertPolicy:AlertPolicy');
    expect(policies).toHaveLength(THRESHOLDS.length + 1);
    for (const { inputs } of policies) expect(inputs['notificationChannels']).toEqual([channel.id]);
  });
});

describe('metrics of log lines', () => {
  test.each(Object.values(LOG_METRICS).map((metric) => [metric.name, metric] as const))(
    '%s',
    (name, metric) => {
      const { inputs } = one(recording, 'logging/metric:Metric', name);
      const { labelExtractors, metricDescriptor } = inputs as {
        labelExtractors: Record<string, string>;
        metricDescriptor: { labels: { key: string }[]; valueType: string };
      };
      // Google refuses a label without an extractor, and the other way round.
      expect(metricDescriptor.labels.map(({ key }) => key).sort()).toEqual(
        Object.keys(labelExtractors).sort(),
      );
      expect(metricDescriptor.valueType).toBe('value' in metric ? 'DISTRIBUTION' : 'INT64');
      expect('valueExtractor' in inputs).toBe('value' in metric);
    },
  );

  test('a stream that lasts as long as its run is no slow request', () => {
    const pattern = /requestUrl!~"([^"]+)"/.exec(LOG_METRICS.apiLatency.filter)?.[1] ?? '';
    expect('/api/runs/1/stream?x=1').toMatch(new RegExp(pattern));
    expect('/api/threads/1/runs/2/join').toMatch(new RegExp(pattern));
    expect('/api/runs').not.toMatch(new RegExp(pattern));
  });
});

describe('D7: the dashboard', () => {
  test.each([
    'Processing time',
    'Success rate',
    'Latency per node, p95',
    'Tokens',
    'Cost of the model',
    'Queue depth',
    'Instances',
    'API latency',
  ])('%s', (title) => {
    expect(CHARTS.map((chart) => chart.title)).toContain(title);
  });

  test('tiles lie beside each other, not over each other', () => {
    const { inputs } = one(recording, 'monitoring/dashboard:Dashboard', 'longrun');
    const { mosaicLayout } = JSON.parse(String(inputs['dashboardJson']));
    const places = mosaicLayout.tiles.map(
      ({ xPos, yPos }: { xPos: number; yPos: number }) => `${xPos} ${yPos}`,
    );
    expect(new Set(places).size).toBe(CHARTS.length);
    for (const { xPos, width } of mosaicLayout.tiles) expect(xPos + width).toBeLessThanOrEqual(12);
  });

  test('no figure is asked for that nobody records', () => {
    const known = Object.values(LOG_METRICS).map(promName);
    const queries = [...CHARTS.flatMap(({ lines }) => lines), ...THRESHOLDS].map(({ query }) => query);
    const asked = queries.flatMap((query) => query.match(/logging_googleapis_com:user_\w+/g) ?? []);
    expect(asked).not.toEqual([]);
    for (const each of asked) expect(known).toContain(each.replace(/_(bucket|sum|count)$/, ''));
  });
});

test('C5: /api/health is asked from outside', async () => {
  expect(one(recording, 'monitoring/uptimeCheckConfig:UptimeCheckConfig', 'health').inputs).toMatchObject({
    monitoredResource: { labels: { host: 'longrun.example.com' } },
    httpCheck: { path: '/api/health', useSsl: true, validateSsl: true },
  });
  const small = await record({ 'longrun:edge': 'firebase-hosting', 'longrun:domain': null });
  expect(one(small, 'monitoring/uptimeCheckConfig:UptimeCheckConfig', 'health').inputs).toMatchObject({
    monitoredResource: { labels: { host: 'demo-longrun.web.app' } },
  });
});
