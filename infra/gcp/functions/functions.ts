import * as gcp from '@pulumi/gcp';
import type * as pulumi from '@pulumi/pulumi';
import type { Accounts } from '../accounts.ts';
import type { SecretVariable } from '../secrets.ts';
import { FUNCTIONS, NAMES, type FunctionName, type Stack } from '../stack.ts';
import { environmentOf } from './environment.ts';
import { SIZES } from './sizes.ts';
import type { uploadSource } from './source.ts';

export type Functions = Record<FunctionName, gcp.cloudfunctionsv2.Function>;

interface Parts {
  accounts: Accounts;
  secrets: readonly SecretVariable[];
  source: ReturnType<typeof uploadSource>;
  repository: gcp.artifactregistry.Repository;
  /** What must be granted before the first build and the first start. */
  grants: pulumi.Resource[];
}

export function makeFunctions(stack: Stack, parts: Parts): Functions {
  const make = (name: FunctionName) => makeFunction(stack, name, parts);
  const [api, worker, admin, maintenance] = FUNCTIONS.map(make);
  if (!api || !worker || !admin || !maintenance) throw new Error('Each function is made.');
  return { api, worker, admin, maintenance };
}

function makeFunction(stack: Stack, name: FunctionName, parts: Parts): gcp.cloudfunctionsv2.Function {
  const { project, region, edge, network, minInstances, workerMemory } = stack.settings;
  const { accounts, secrets, source, repository, grants } = parts;
  const size = SIZES[name];
  const own = secrets.filter(({ readers }) => readers.includes(name));
  return new gcp.cloudfunctionsv2.Function(
    name,
    {
      project,
      location: region,
      name: NAMES.function(name),
      buildConfig: {
        runtime: 'nodejs24',
        // Becomes FUNCTION_TARGET, by which the bundle chooses what it is.
        entryPoint: name,
        source: { storageSource: { bucket: source.bucket.name, object: source.object.name } },
        serviceAccount: accounts.build.id,
        dockerRepository: repository.id,
      },
      serviceConfig: {
        serviceAccountEmail: accounts.functions[name].email,
        availableMemory: (name === 'worker' ? workerMemory : null) ?? size.memory,
        availableCpu: size.cpu,
        maxInstanceRequestConcurrency: size.concurrency,
        minInstanceCount: name === 'api' ? minInstances : 0,
        maxInstanceCount: size.maxInstances,
        timeoutSeconds: size.timeoutS,
        ingressSettings: ingressOf(size.reachedBy, edge),
        allTrafficOnLatestRevision: true,
        environmentVariables: environmentOf(stack, accounts, name),
        secretEnvironmentVariables: own.map(({ variable, secret, version }) => ({
          key: variable,
          projectId: project,
          secret: secret.secretId,
          // A number, not "latest": a new value makes a new revision, and an old revision keeps its own.
          version: version.version,
        })),
        ...(network === null
          ? {}
          : {
              directVpcNetworkInterfaces: [{ network: network.network, subnetwork: network.subnetwork }],
              directVpcEgress: 'VPC_EGRESS_PRIVATE_RANGES_ONLY',
            }),
      },
    },
    { dependsOn: [...grants, ...own.flatMap((each) => each.grants)] },
  );
}

/** Firebase Hosting calls from outside the project, so behind it api and admin must be open to the internet. */
function ingressOf(reachedBy: 'balancer' | 'internal', edge: 'load-balancer' | 'firebase-hosting'): string {
  if (reachedBy === 'internal') return 'ALLOW_INTERNAL_ONLY';
  return edge === 'load-balancer' ? 'ALLOW_INTERNAL_AND_GCLB' : 'ALLOW_ALL';
}
