import * as gcp from '@pulumi/gcp';
import type * as pulumi from '@pulumi/pulumi';
import { memberOf, type Accounts } from '../accounts.ts';
import { NAMES, type FunctionName, type Stack } from '../stack.ts';
import type { Functions } from './functions.ts';

/**
 * Who may call a function, granted on its Cloud Run service. api and admin are called by the load balancer (or Firebase
 * Hosting), which sends no identity of its own; both check the caller's ID token themselves.
 */
export function allowInvokers(stack: Stack, functions: Functions, accounts: Accounts): pulumi.Resource[] {
  const callers: [FunctionName, pulumi.Input<string>][] = [
    ['api', 'allUsers'],
    ['admin', 'allUsers'],
    ['worker', memberOf(accounts.tasks)],
    ['maintenance', memberOf(accounts.scheduler)],
  ];
  return callers.map(
    ([name, member]) =>
      new gcp.cloudrunv2.ServiceIamMember(
        `${name}-invoker`,
        {
          project: stack.settings.project,
          location: stack.settings.region,
          // A function's service has the function's name.
          name: NAMES.function(name),
          role: 'roles/run.invoker',
          member,
        },
        { dependsOn: [functions[name]] },
      ),
  );
}
