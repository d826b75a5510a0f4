import type { Recorded } from '../testing/record.ts';
import type { Policy } from './access.ts';

const DAY_S = 86_400;
const SECRET_NAME = /(KEY|SECRET|TOKEN|PASSWORD)$|^REDIS_URL$/;

function only(resources: readonly Recorded[], type: string): Recorded[] {
  return resources.filter((each) => each.type === `gcp:${type}`);
}

function part(inputs: Recorded['inputs'], name: string): Record<string, unknown> {
  const value = inputs[name];
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

const functionsOf = (resources: readonly Recorded[]) => only(resources, 'cloudfunctionsv2/function:Function');

/** Two functions never share an account, and none runs as Google's default one. */
export const ownAccounts: Policy = (resources) => {
  const users = Map.groupBy(functionsOf(resources), ({ inputs }) =>
    String(part(inputs, 'serviceConfig')['serviceAccountEmail']),
  );
  return [...users].flatMap(([account, functions]) => {
    const names = functions.map(({ name }) => name).join(' and ');
    if (!account.startsWith('longrun-')) return [`${names} runs as ${account}`];
    return functions.length > 1 ? [`${names} share ${account}`] : [];
  });
};

/** Builds run as our own account as well: Google's default one may edit the whole project. */
export const ownBuildAccount: Policy = (resources) =>
  functionsOf(resources)
    .filter(({ inputs }) => !String(part(inputs, 'buildConfig')['serviceAccount']).includes('longrun-build@'))
    .map(({ name }) => `${name} is built by Google's default account`);

/** Worker and maintenance are reached by the queue and the scheduler only; behind the balancer nothing is open. */
export const closedIngress: Policy = (resources) => {
  const balancer = only(resources, 'compute/uRLMap:URLMap').length > 0;
  return functionsOf(resources).flatMap(({ name, inputs }) => {
    const ingress = String(part(inputs, 'serviceConfig')['ingressSettings']);
    const internal = name === 'worker' || name === 'maintenance';
    const wanted = internal ? 'ALLOW_INTERNAL_ONLY' : balancer ? 'ALLOW_INTERNAL_AND_GCLB' : 'ALLOW_ALL';
    return ingress === wanted ? [] : [`${name}: ${ingress} instead of ${wanted}`];
  });
};

/** Secrets come from Secret Manager, and stay encrypted in Pulumi's state. */
export const hiddenSecrets: Policy = (resources) => [
  ...functionsOf(resources).flatMap(({ name, inputs }) =>
    Object.keys(part(part(inputs, 'serviceConfig'), 'environmentVariables'))
      .filter((variable) => SECRET_NAME.test(variable))
      .map((variable) => `${name}: ${variable} is in plain sight`),
  ),
  ...only(resources, 'secretmanager/secretVersion:SecretVersion')
    .filter(({ secrets }) => !secrets.includes('secretData'))
    .map(({ name }) => `${name} is readable in the state`),
];

/** C4: nothing is lost by a wrong command, a bad deploy or a late notice. */
export const guardedDatabases: Policy = (resources) =>
  only(resources, 'firestore/database:Database').flatMap(({ name, inputs }) => {
    const schedules = only(resources, 'firestore/backupSchedule:BackupSchedule').filter(
      (each) => each.inputs['database'] === inputs['name'],
    );
    const keeps = (recurrence: string, days: number) =>
      schedules.some(
        (each) =>
          recurrence in each.inputs && Number.parseInt(String(each.inputs['retention']), 10) >= days * DAY_S,
      );
    return [
      ...(inputs['pointInTimeRecoveryEnablement'] === 'POINT_IN_TIME_RECOVERY_ENABLED'
        ? []
        : [`${name} has no point-in-time recovery`]),
      ...(inputs['deleteProtectionState'] === 'DELETE_PROTECTION_ENABLED' ? [] : [`${name} can be deleted`]),
      ...(inputs['deletionPolicy'] === 'ABANDON' ? [] : [`${name} is deleted with the stack`]),
      ...(keeps('dailyRecurrence', 7) ? [] : [`${name} has no daily backup that is kept for a week`]),
      ...(keeps('weeklyRecurrence', 56) ? [] : [`${name} has no weekly backup that is kept for 8 weeks`]),
    ];
  });

/** No object is public by itself, by a rule of its own or by mistake. */
export const privateBuckets: Policy = (resources) => [
  ...only(resources, 'storage/bucket:Bucket').flatMap(({ name, inputs }) => [
    ...(inputs['uniformBucketLevelAccess'] === true ? [] : [`bucket ${name} takes grants of single objects`]),
    ...(inputs['publicAccessPrevention'] === 'enforced' ? [] : [`bucket ${name} can be made public`]),
  ]),
  ...resources
    .filter(({ type }) => /^gcp:storage\/.*(ACL|AccessControl)$/.test(type))
    .map(({ type, name }) => `${type} ${name} grants by access control lists`),
];

/** An API key of a page is public: it must open few APIs, from few places. */
export const restrictedKeys: Policy = (resources) =>
  only(resources, 'projects/apiKey:ApiKey').flatMap(({ name, inputs }) => {
    const restrictions = part(inputs, 'restrictions');
    return [
      ...('apiTargets' in restrictions ? [] : [`key ${name} opens every API`]),
      ...('browserKeyRestrictions' in restrictions ? [] : [`key ${name} works from everywhere`]),
    ];
  });

/** What the internet reaches is limited before it starts instances. */
export const limitedBackends: Policy = (resources) =>
  only(resources, 'compute/backendService:BackendService')
    .filter(({ inputs }) => inputs['securityPolicy'] === undefined)
    .map(({ name }) => `backend ${name} has no rate limit`);
