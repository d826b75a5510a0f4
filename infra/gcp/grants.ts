import * as gcp from '@pulumi/gcp';
import * as pulumi from '@pulumi/pulumi';
import { memberOf, type Accounts } from './accounts.ts';
import type { Roles } from './roles.ts';
import { FUNCTIONS, NAMES, type Stack } from './stack.ts';

type Account = gcp.serviceaccount.Account;

export interface Granted {
  database: gcp.firestore.Database;
  queue: gcp.cloudtasks.Queue;
  repository: gcp.artifactregistry.Repository;
  source: gcp.storage.Bucket;
}

/**
 * What the accounts may do, each on the narrowest thing that Google Cloud lets it be granted on. Where that is the whole
 * project, a condition names the one thing meant. (Secrets: secrets.ts. Who may call a function: invokers.ts.)
 */
export function grantToFunctions(
  stack: Stack,
  accounts: Accounts,
  roles: Roles,
  on: Granted,
): pulumi.Resource[] {
  const { project } = stack.settings;
  const grants = FUNCTIONS.flatMap((name) => {
    const account = accounts.functions[name];
    return [
      onDatabase(stack, name, account, on.database),
      // Traces belong to a project as a whole.
      onProject(stack, `${name}-traces`, account, 'roles/cloudtrace.agent'),
      onQueue(stack, `${name}-enqueues`, account, 'roles/cloudtasks.enqueuer', on.queue),
      // Tasks are made in the name of `tasks`, so whoever makes one must be allowed to act as it.
      actAs(`${name}-as-tasks`, account, accounts.tasks),
    ];
  });
  for (const name of ['api', 'admin'] as const) {
    // /api/health and the operators' page ask whether the queue answers.
    grants.push(
      onQueue(stack, `${name}-sees-queue`, accounts.functions[name], 'roles/cloudtasks.viewer', on.queue),
    );
  }
  grants.push(
    new gcp.projects.IAMMember('api-reads', {
      project,
      role: roles.api.name,
      member: memberOf(accounts.functions.api),
    }),
    new gcp.projects.IAMMember('admin-operates', {
      project,
      role: roles.operator.name,
      member: memberOf(accounts.functions.admin),
    }),
  );
  return grants;
}

/** What building a function's container needs, instead of the editor role that Google's default account has. */
export function grantToBuild(stack: Stack, { build }: Accounts, on: Granted): pulumi.Resource[] {
  const { project, region } = stack.settings;
  const staging = `gcf-v2-sources-${stack.projectNumber}-${region}`;
  return [
    onProject(stack, 'build-logs', build, 'roles/logging.logWriter'),
    new gcp.artifactregistry.RepositoryIamMember('build-pushes', {
      project,
      location: region,
      repository: on.repository.name,
      role: 'roles/artifactregistry.writer',
      member: memberOf(build),
    }),
    // Cloud Functions copies the source to a bucket of its own, which is there only after the first deploy.
    new gcp.projects.IAMMember('build-reads-source', {
      project,
      role: 'roles/storage.objectViewer',
      member: memberOf(build),
      condition: {
        title: 'functions-source-only',
        expression: `resource.name.startsWith("projects/_/buckets/${staging}/") || resource.name == "projects/_/buckets/${staging}"`,
      },
    }),
  ];
}

/** What a push to main deploys with. */
export function grantToDeploy(
  stack: Stack,
  accounts: Accounts,
  roles: Roles,
  buckets: gcp.storage.Bucket[],
): void {
  const { project, github } = stack.settings;
  const { deploy, build, scheduler, functions } = accounts;
  if (deploy === null || roles.deploy === null || github === null) return;
  new gcp.projects.IAMMember('deploy-deploys', {
    project,
    role: roles.deploy.name,
    member: memberOf(deploy),
  });
  onProject(stack, 'deploy-logs', deploy, 'roles/logging.logWriter');
  buckets.forEach((bucket, i) => {
    onBucket(`deploy-writes-${i}`, deploy, bucket.name);
  });
  onBucket('deploy-state', deploy, pulumi.output(github.stateBucket));
  new gcp.kms.CryptoKeyIAMMember('deploy-state-key', {
    cryptoKeyId: github.stateKey,
    role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
    member: memberOf(deploy),
  });
  // A new revision runs in the name of these.
  for (const name of FUNCTIONS) actAs(`deploy-as-${name}`, deploy, functions[name]);
  actAs('deploy-as-build', deploy, build);
  actAs('deploy-as-scheduler', deploy, scheduler);
}

function onDatabase(stack: Stack, name: string, account: Account, database: gcp.firestore.Database) {
  const { project } = stack.settings;
  return new gcp.projects.IAMMember(
    `${name}-database`,
    {
      project,
      role: 'roles/datastore.user',
      member: memberOf(account),
      condition: {
        title: 'longrun-database-only',
        expression: `resource.name == "projects/${project}/databases/${NAMES.database}"`,
      },
    },
    { dependsOn: [database] },
  );
}

function onProject(stack: Stack, name: string, account: Account, role: string) {
  return new gcp.projects.IAMMember(name, {
    project: stack.settings.project,
    role,
    member: memberOf(account),
  });
}

function onQueue(stack: Stack, name: string, account: Account, role: string, queue: gcp.cloudtasks.Queue) {
  const { project, region } = stack.settings;
  return new gcp.cloudtasks.QueueIamMember(name, {
    project,
    location: region,
    name: queue.name,
    role,
    member: memberOf(account),
  });
}

function onBucket(name: string, account: Account, bucket: pulumi.Output<string>) {
  return new gcp.storage.BucketIAMMember(name, {
    bucket,
    role: 'roles/storage.objectUser',
    member: memberOf(account),
  });
}

function actAs(name: string, account: Account, as: Account) {
  return new gcp.serviceaccount.IAMMember(name, {
    serviceAccountId: as.name,
    role: 'roles/iam.serviceAccountUser',
    member: memberOf(account),
  });
}
