import type * as pulumi from '@pulumi/pulumi';
import { makeAccounts } from './accounts.ts';
import { makeBudget } from './budget.ts';
import { makeTrigger } from './build-trigger.ts';
import { makeHosting } from './edge/hosting.ts';
import { makeLoadBalancer } from './edge/load-balancer.ts';
import { makeDatabase } from './firestore/database.ts';
import { makeIndexes } from './firestore/indexes.ts';
import { releaseRules } from './firestore/rules.ts';
import { makeFunctions } from './functions/functions.ts';
import { allowInvokers } from './functions/invokers.ts';
import { makeRepository } from './functions/repository.ts';
import { uploadSource } from './functions/source.ts';
import { grantToBuild, grantToDeploy, grantToFunctions } from './grants.ts';
import { makeAlerts, makeChannel } from './monitoring/alerts.ts';
import { makeDashboard } from './monitoring/dashboard.ts';
import { makeLogMetrics } from './monitoring/log-metrics.ts';
import { makeUptimeCheck } from './monitoring/uptime.ts';
import { makeQueue } from './queue.ts';
import { makeRoles } from './roles.ts';
import { scheduleMaintenance } from './scheduler.ts';
import { makeSecrets } from './secrets.ts';
import { enableServices } from './services.ts';
import type { Settings } from './settings.ts';
import { makeSignIn, pageUrl } from './sign-in.ts';
import { makeSite } from './site.ts';
import { NAMES, openStack, type StackSecrets } from './stack.ts';

/** What the deploy and the README ask for, with `pulumi stack output`. */
export interface Outputs {
  url: string;
  edge: Settings['edge'];
  /** For the domain's A record; only with the load balancer. */
  address?: pulumi.Output<string>;
  /** Where the page is uploaded to, and whose cache is purged; only with the load balancer. */
  siteBucket?: string;
  urlMap?: string;
  /** What the page and the smoke test sign in with. */
  apiKey: pulumi.Output<string>;
}

/** The whole installation. Nothing else in this folder makes a resource. */
export async function program(settings: Settings, secrets: StackSecrets): Promise<Outputs> {
  const services = enableServices(settings);
  const stack = await openStack(settings, secrets, services);

  const database = makeDatabase(stack);
  makeIndexes(stack, database);
  releaseRules(stack, database);
  const queue = makeQueue(stack);

  const accounts = makeAccounts(stack);
  const roles = makeRoles(stack);
  const source = uploadSource(stack);
  const repository = makeRepository(stack);
  const granted = { database, queue, repository, source: source.bucket };
  const functions = makeFunctions(stack, {
    accounts,
    secrets: makeSecrets(stack, accounts),
    source,
    repository,
    grants: [...grantToFunctions(stack, accounts, roles, granted), ...grantToBuild(stack, accounts, granted)],
  });
  scheduleMaintenance(stack, accounts, allowInvokers(stack, functions, accounts));

  const signIn = makeSignIn(stack);
  const channel = makeChannel(stack);
  const metrics = makeLogMetrics(stack);
  makeAlerts(stack, channel, metrics);
  makeDashboard(stack, metrics);
  makeUptimeCheck(stack, channel);
  makeBudget(stack, channel);
  makeTrigger(stack, accounts);

  const common = {
    url: pageUrl(stack),
    edge: settings.edge,
    apiKey: signIn.publicKey,
  };
  if (settings.edge === 'firebase-hosting') {
    makeHosting(stack, signIn);
    return common;
  }
  const site = makeSite(stack);
  grantToDeploy(stack, accounts, roles, [source.bucket, site]);
  const { address } = makeLoadBalancer(stack, site, functions, signIn);
  return {
    ...common,
    address: address.address,
    siteBucket: NAMES.site(settings.project),
    urlMap: NAMES.urlMap,
  };
}
