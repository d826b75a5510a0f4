import * as gcp from '@pulumi/gcp';
import { FUNCTIONS, type FunctionName, type Stack } from './stack.ts';

type Account = gcp.serviceaccount.Account;

export interface Accounts {
  /** In whose name each function runs. */
  functions: Record<FunctionName, Account>;
  /** In whose name the queue calls the worker. */
  tasks: Account;
  /** In whose name the scheduler calls maintenance. */
  scheduler: Account;
  /** Builds the functions' containers. */
  build: Account;
  /** What a push to main deploys with; null without a repository. */
  deploy: Account | null;
}

const PURPOSE: Record<FunctionName, string> = {
  api: 'Longrun: what people and their programs call',
  worker: 'Longrun: executes runs',
  admin: 'Longrun: what operators call',
  maintenance: 'Longrun: sweeps and tidies',
};

/** One account for each job, so that each can be given what it needs and nothing else. */
export function makeAccounts(stack: Stack): Accounts {
  const make = (name: string, displayName: string): Account =>
    new gcp.serviceaccount.Account(
      name,
      { project: stack.settings.project, accountId: `longrun-${name}`, displayName },
      stack.after,
    );
  // Google gives its default accounts the editor's role in many projects. Nothing here runs as one.
  new gcp.projects.DefaultServiceAccounts(
    'unused',
    { project: stack.settings.project, action: 'DEPRIVILEGE', restorePolicy: 'REVERT' },
    stack.after,
  );
  const [api, worker, admin, maintenance] = FUNCTIONS.map((name) => make(name, PURPOSE[name]));
  if (!api || !worker || !admin || !maintenance) throw new Error('Each function has an account.');
  return {
    functions: { api, worker, admin, maintenance },
    tasks: make('tasks', 'Longrun: the queue calls the worker as this'),
    scheduler: make('scheduler', 'Longrun: the scheduler calls maintenance as this'),
    build: make('build', 'Longrun: builds the functions'),
    deploy: stack.settings.github === null ? null : make('deploy', 'Longrun: deploys each push to main'),
  };
}

/** How IAM names an account. */
export function memberOf(account: Account) {
  return account.email.apply((email) => `serviceAccount:${email}`);
}
