import * as gcp from '@pulumi/gcp';
import type { Stack } from './stack.ts';

/** Mails when the project's bill comes near what was meant. It stops nothing. */
export function makeBudget(stack: Stack, channel: gcp.monitoring.NotificationChannel): void {
  const { billingAccount, monthlyBudget, project } = stack.settings;
  if (billingAccount === null) return;
  new gcp.billing.Budget(
    'month',
    {
      billingAccount,
      displayName: `Longrun (${project})`,
      budgetFilter: { projects: [`projects/${stack.projectNumber}`], calendarPeriod: 'MONTH' },
      amount: { specifiedAmount: { currencyCode: 'USD', units: String(monthlyBudget) } },
      thresholdRules: [
        { thresholdPercent: 0.5 },
        { thresholdPercent: 0.9 },
        { thresholdPercent: 1 },
        { thresholdPercent: 1, spendBasis: 'FORECASTED_SPEND' },
      ],
      allUpdatesRule: { monitoringNotificationChannels: [channel.id] },
    },
    stack.after,
  );
}
