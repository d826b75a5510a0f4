import * as gcp from '@pulumi/gcp';
import { pageHosts } from '../sign-in.ts';
import type { Stack } from '../stack.ts';

/** Asks /api/health from around the world, through the whole edge. */
export function makeUptimeCheck(stack: Stack, channel: gcp.monitoring.NotificationChannel): void {
  const { project } = stack.settings;
  const [host = ''] = pageHosts(stack);
  const check = new gcp.monitoring.UptimeCheckConfig(
    'health',
    {
      project,
      displayName: 'Longrun: /api/health',
      period: '300s',
      timeout: '10s',
      selectedRegions: ['USA', 'EUROPE', 'ASIA_PACIFIC'],
      monitoredResource: { type: 'uptime_url', labels: { project_id: project, host } },
      httpCheck: { path: '/api/health', port: 443, useSsl: true, validateSsl: true },
      contentMatchers: [
        {
          content: '"ok"',
          matcher: 'MATCHES_JSON_PATH',
          jsonPathMatcher: { jsonPath: '$.status', jsonMatcher: 'EXACT_MATCH' },
        },
      ],
    },
    stack.after,
  );
  new gcp.monitoring.AlertPolicy('Unreachable', {
    project,
    displayName: 'Longrun: unreachable',
    combiner: 'OR',
    conditions: [
      {
        displayName: '/api/health fails from two regions or more',
        conditionThreshold: {
          filter: check.uptimeCheckId.apply(
            (id) =>
              `resource.type="uptime_url" AND metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND metric.labels.check_id="${id}"`,
          ),
          comparison: 'COMPARISON_GT',
          thresholdValue: 1,
          duration: '300s',
          aggregations: [
            {
              alignmentPeriod: '600s',
              perSeriesAligner: 'ALIGN_NEXT_OLDER',
              crossSeriesReducer: 'REDUCE_COUNT_FALSE',
              groupByFields: ['resource.label.host'],
            },
          ],
        },
      },
    ],
    notificationChannels: [channel.id],
  });
}
