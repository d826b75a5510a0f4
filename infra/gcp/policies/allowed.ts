/** Every grant that may be made, and why. What is not here is not allowed; what is here and not made is taken out. */
export interface Allowed {
  /** `longrun-<account>`, a service agent of Google's, or everyone. */
  who: string;
  role: string;
  /** What it is granted on; several are separated by commas. */
  on: string;
  why: string;
}

const FUNCTIONS = ['api', 'worker', 'admin', 'maintenance'] as const;

export const ALLOWED: readonly Allowed[] = [
  ...FUNCTIONS.flatMap((who): Allowed[] => [
    {
      who,
      role: 'roles/datastore.user',
      on: 'project if longrun-database-only',
      why: 'reads and writes runs, threads and their log; Firestore grants by project, so a condition names the database',
    },
    {
      who,
      role: 'roles/cloudtasks.enqueuer',
      on: 'queue runs',
      why: 'enqueues: a new run, what goes on, a retry, what was lost',
    },
    {
      who,
      role: 'roles/iam.serviceAccountUser',
      on: 'account tasks',
      why: 'makes tasks that call the worker in the name of tasks',
    },
    { who, role: 'roles/cloudtrace.agent', on: 'project', why: 'writes traces, which belong to the project' },
  ]),
  ...['api', 'worker'].map((who) => ({
    who,
    role: 'roles/secretmanager.secretAccessor',
    on: 'secret longrun-model-key',
    why: "loads the graphs' modules, of which one may not load without a key",
  })),
  ...['api', 'worker'].map((who) => ({
    who,
    role: 'roles/secretmanager.secretAccessor',
    on: 'secret longrun-graphs-env',
    why: "loads the graphs' modules, which read their project's variables",
  })),
  {
    who: 'api',
    role: 'roles/cloudtasks.viewer',
    on: 'queue runs',
    why: '/api/health asks whether the queue answers',
  },
  {
    who: 'admin',
    role: 'roles/cloudtasks.viewer',
    on: 'queue runs',
    why: 'the overview asks whether the queue answers',
  },
  {
    who: 'admin',
    role: 'roles/longrun.operator',
    on: 'project',
    why: 'purges the CDN, looks up who is an admin, sees backups; URL maps and users take no grants of their own',
  },
  {
    who: 'worker',
    role: 'roles/secretmanager.secretAccessor',
    on: 'secret longrun-redis-url',
    why: 'keeps results of nodes in the cache',
  },
  {
    who: 'admin',
    role: 'roles/secretmanager.secretAccessor',
    on: 'secret longrun-redis-url',
    why: 'flushes the cache',
  },
  {
    who: 'worker',
    role: 'roles/secretmanager.secretAccessor',
    on: 'secret longrun-webhook-key',
    why: 'signs webhooks when a run ends',
  },
  {
    who: 'api',
    role: 'roles/secretmanager.secretAccessor',
    on: 'secret longrun-webhook-key',
    why: 'takes a webhook only where it will be signed',
  },
  {
    who: 'api',
    role: 'roles/longrun.api',
    on: 'project',
    why: "shows a run's owner where its time went, and asks whether a user was disabled; both belong to the project",
  },
  {
    who: 'tasks',
    role: 'roles/run.invoker',
    on: 'service longrun-worker',
    why: 'the queue calls the worker',
  },
  {
    who: 'scheduler',
    role: 'roles/run.invoker',
    on: 'service longrun-maintenance',
    why: 'the scheduler calls maintenance',
  },
  {
    who: 'everyone',
    role: 'roles/run.invoker',
    on: 'service longrun-api',
    why: 'the edge sends no identity; the function checks ID tokens',
  },
  {
    who: 'everyone',
    role: 'roles/run.invoker',
    on: 'service longrun-admin',
    why: 'the edge sends no identity; the function checks ID tokens and their claim',
  },
  {
    who: 'build',
    role: 'roles/logging.logWriter',
    on: 'project',
    why: 'logs of builds belong to the project',
  },
  {
    who: 'build',
    role: 'roles/artifactregistry.writer',
    on: 'repository longrun-functions',
    why: 'stores the containers it builds',
  },
  {
    who: 'build',
    role: 'roles/storage.objectViewer',
    on: 'project if functions-source-only',
    why: "reads the source from Cloud Functions' own bucket, which is not there before the first deploy",
  },
  {
    who: 'https-lb',
    role: 'roles/storage.objectViewer',
    on: 'bucket demo-longrun-longrun-site',
    why: 'the load balancer reads the page from the private bucket',
  },
  {
    who: 'deploy',
    role: 'roles/longrun.deploy',
    on: 'project',
    why: 'changes code, edge, indexes and rules',
  },
  {
    who: 'deploy',
    role: 'roles/logging.logWriter',
    on: 'project',
    why: 'logs of builds belong to the project',
  },
  {
    who: 'deploy',
    role: 'roles/storage.objectUser',
    on: 'bucket demo-longrun-longrun-source, bucket demo-longrun-longrun-site, bucket demo-longrun-pulumi',
    why: "uploads the functions, the page, and Pulumi's state",
  },
  {
    who: 'deploy',
    role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
    on: 'key pulumi',
    why: "reads the stack's secrets",
  },
  {
    who: 'deploy',
    role: 'roles/iam.serviceAccountUser',
    on: 'account api, account worker, account admin, account maintenance, account build, account scheduler',
    why: 'a new revision, build or job runs in their name',
  },
];
