import * as gcp from '@pulumi/gcp';
import type * as pulumi from '@pulumi/pulumi';
import type { Stack } from '../stack.ts';
import { THRESHOLDS } from './thresholds.ts';

export function makeChannel(stack: Stack): gcp.monitoring.NotificationChannel {
  const { project, alertEmail } = stack.settings;
  return new gcp.monitoring.NotificationChannel(
    'operators',
    { project, type: 'email', displayName: 'Longrun operators', labels: { email_address: alertEmail } },
    stack.after,
  );
}

export function makeAlerts(
  stack: Stack,
  channel: gcp.monitoring.NotificationChannel,
  metrics: pulumi.Resource[],
): void {
  for (const { name, query, duration, advice } of THRESHOLDS) {
    new gcp.monitoring.AlertPolicy(
      name,
      {
        project: stack.settings.project,
        displayName: `Longrun: ${name}`,
        combiner: 'OR',
        conditions: [
          {
            displayName: name,
            conditionPrometheusQueryLanguage: {
              query,
              duration,
              evaluationInterval: '60s',
              // A metric of logs is known to Monitoring only after its first line.
              disableMetricValidation: true,
            },
          },
        ],
        documentation: { content: advice, mimeType: 'text/markdown' },
        notificationChannels: [channel.id],
        alertStrategy: { autoClose: '86400s' },
      },
      { dependsOn: metrics },
    );
  }
}
