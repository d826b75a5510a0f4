import * as gcp from '@pulumi/gcp';
import type * as pulumi from '@pulumi/pulumi';
import type { Accounts } from './accounts.ts';
import { functionUrl, type Stack } from './stack.ts';
import { SIZES } from './functions/sizes.ts';

/** Each minute: finds runs that nobody executes, and removes what has expired. */
export function scheduleMaintenance(stack: Stack, accounts: Accounts, invokers: pulumi.Resource[]): void {
  const { project, region } = stack.settings;
  const uri = functionUrl(stack, 'maintenance');
  new gcp.cloudscheduler.Job(
    'sweep',
    {
      project,
      region,
      name: 'longrun-sweep',
      description: 'Enqueues runs that nobody executes; removes what has expired.',
      schedule: '* * * * *',
      timeZone: 'Etc/UTC',
      attemptDeadline: `${SIZES.maintenance.timeoutS}s`,
      // The next minute is the retry.
      retryConfig: { retryCount: 0 },
      httpTarget: {
        uri,
        httpMethod: 'POST',
        oidcToken: { serviceAccountEmail: accounts.scheduler.email, audience: uri },
      },
    },
    { dependsOn: invokers },
  );
}
