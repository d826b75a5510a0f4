import * as gcp from '@pulumi/gcp';
import type * as pulumi from '@pulumi/pulumi';
import { memberOf, type Accounts } from './accounts.ts';
import { providerKey } from './settings.ts';
import type { FunctionName, Stack } from './stack.ts';

/** A variable of a function whose value is kept in Secret Manager. */
export interface SecretVariable {
  variable: string;
  secret: gcp.secretmanager.Secret;
  version: gcp.secretmanager.SecretVersion;
  readers: readonly FunctionName[];
  /** A revision does not start before it may read its secrets. */
  grants: pulumi.Resource[];
}

/** The secrets of the configuration, each readable by the functions that use it. */
export function makeSecrets(stack: Stack, accounts: Accounts): SecretVariable[] {
  const { secrets, settings } = stack;
  const provider = providerKey(settings.model);
  const all: {
    id: string;
    variable: string;
    value: pulumi.Output<string> | undefined;
    readers: FunctionName[];
  }[] = [
    {
      id: 'model-key',
      variable: `${provider ?? 'OPENAI'}_API_KEY`,
      value: secrets.modelKey,
      // api: a graph's module, which it loads to describe the graph, may not load without a key.
      readers: ['api', 'worker'],
    },
    // api: as above.
    { id: 'graphs-env', variable: 'GRAPHS_ENV', value: secrets.graphsEnv, readers: ['api', 'worker'] },
    { id: 'redis-url', variable: 'REDIS_URL', value: secrets.redisUrl, readers: ['worker', 'admin'] },
    {
      id: 'webhook-key',
      variable: 'WEBHOOK_SECRET',
      value: secrets.webhookKey,
      // api: takes a webhook only where it will be signed.
      readers: ['api', 'worker'],
    },
  ];
  return all.flatMap(({ id, variable, value, readers }) =>
    value === undefined ? [] : [makeSecret(stack, accounts, id, variable, value, readers)],
  );
}

function makeSecret(
  stack: Stack,
  accounts: Accounts,
  id: string,
  variable: string,
  value: pulumi.Output<string>,
  readers: readonly FunctionName[],
): SecretVariable {
  const { project } = stack.settings;
  const secret = new gcp.secretmanager.Secret(
    id,
    { project, secretId: `longrun-${id}`, replication: { auto: {} } },
    stack.after,
  );
  const version = new gcp.secretmanager.SecretVersion(id, { secret: secret.id, secretData: value });
  const grants = readers.map(
    (reader) =>
      new gcp.secretmanager.SecretIamMember(`${id}-${reader}`, {
        project,
        secretId: secret.secretId,
        role: 'roles/secretmanager.secretAccessor',
        member: memberOf(accounts.functions[reader]),
      }),
  );
  return { variable, secret, version, readers, grants };
}
