import { beforeAll, describe, expect, test } from 'vitest';
import { record, type Recorded, RECORD_MS } from '../testing/record.ts';
import * as access from './access.ts';
import type { Policy } from './access.ts';
import { ALLOWED } from './allowed.ts';
import { grantsOf } from './grants.ts';
import * as rules from './resources.ts';

const POLICIES: Record<string, Policy> = { ...access, ...rules };

/** Of the smallest installation: nothing is set that need not be. */
const SMALL = {
  'longrun:edge': 'firebase-hosting',
  'longrun:domain': null,
  'longrun:billingAccount': null,
  'longrun:githubRepository': null,
  'longrun:googleClientId': null,
};

describe.each([
  ['load balancer', {}],
  ['Firebase Hosting', { 'longrun:edge': 'firebase-hosting' }],
  ['Firebase Hosting, nothing else', SMALL],
])('A13: %s', (_edge, changes) => {
  let resources: Recorded[];
  beforeAll(async () => {
    ({ resources } = await record(changes));
  }, RECORD_MS);

  test.each(Object.keys(POLICIES))('%s holds', (name) => {
    expect(resources.length).toBeGreaterThan(80);
    expect(POLICIES[name]?.(resources)).toEqual([]);
  });
});

describe('A13: the list of grants', () => {
  test('everything that is listed is made', async () => {
    const { resources } = await record();
    const made = new Set(grantsOf(resources).map(({ who, role, on }) => `${who} ${role} ${on}`));
    const listed = ALLOWED.flatMap(({ who, role, on }) =>
      on.split(', ').map((each) => `${who} ${role} ${each}`),
    );
    expect(listed.filter((each) => !made.has(each))).toEqual([]);
  });

  test('every entry says why', () => {
    for (const { who, role, why } of ALLOWED) expect(why.length, `${who} ${role}`).toBeGreaterThan(15);
  });
});

describe('each policy notices what it forbids', () => {
  let resources: Recorded[];
  beforeAll(async () => {
    ({ resources } = await record());
  }, RECORD_MS);

  function planted(type: string, inputs: Recorded['inputs']): Recorded {
    return { type: `gcp:${type}`, name: 'planted', id: 'planted', inputs, secrets: [] };
  }
  const grant = (type: string, role: string, member: string, more: Recorded['inputs'] = {}) =>
    planted(type, { role, member, ...more });
  const API = 'serviceAccount:longrun-api@demo-longrun.iam.gserviceaccount.com';
  const ADMIN = 'serviceAccount:longrun-admin@demo-longrun.iam.gserviceaccount.com';
  const PROJECT = 'projects/iAMMember:IAMMember';

  const ADDED: [string, Policy, Recorded][] = [
    [
      'the world may call the worker',
      access.noPublicAccess,
      grant('cloudrunv2/serviceIamMember:ServiceIamMember', 'roles/run.invoker', 'allUsers', {
        name: 'longrun-worker',
      }),
    ],
    [
      'everyone who has an account may read the page from the bucket',
      access.noPublicAccess,
      grant(
        'storage/bucketIAMMember:BucketIAMMember',
        'roles/storage.objectViewer',
        'allAuthenticatedUsers',
        {
          bucket: 'demo-longrun-longrun-site',
        },
      ),
    ],
    ['an editor', access.noBroadRoles, grant(PROJECT, 'roles/editor', API)],
    [
      'an administrator of the queue',
      access.noBroadRoles,
      grant(PROJECT, 'roles/cloudtasks.queueAdmin', API),
    ],
    [
      'a binding',
      access.onlyMembers,
      planted('projects/iAMBinding:IAMBinding', { role: 'roles/cloudtrace.agent', members: [API] }),
    ],
    [
      'the admin may read the webhook key',
      access.onlyListedGrants,
      grant('secretmanager/secretIamMember:SecretIamMember', 'roles/secretmanager.secretAccessor', ADMIN, {
        secretId: 'longrun-webhook-key',
      }),
    ],
    ['all databases of the project', access.narrowGrants, grant(PROJECT, 'roles/datastore.user', API)],
    ['all queues of the project', access.narrowGrants, grant(PROJECT, 'roles/cloudtasks.enqueuer', API)],
    ...['resourcemanager.projects.setIamPolicy', 'iam.roles.update', 'secretmanager.versions.access'].map(
      (permission): [string, Policy, Recorded] => [
        `our own role with ${permission}`,
        access.modestRoles,
        planted('projects/iAMCustomRole:IAMCustomRole', { permissions: ['compute.urlMaps.get', permission] }),
      ],
    ),
    ['a key of an account', access.noAccountKeys, planted('serviceaccount/key:Key', {})],
    [
      'a second function with the account of the first',
      rules.ownAccounts,
      planted('cloudfunctionsv2/function:Function', {
        serviceConfig: { serviceAccountEmail: 'longrun-api@demo-longrun.iam.gserviceaccount.com' },
      }),
    ],
    [
      'a function with the default account',
      rules.ownAccounts,
      planted('cloudfunctionsv2/function:Function', {
        serviceConfig: { serviceAccountEmail: '123456789012-compute@developer.gserviceaccount.com' },
      }),
    ],
    [
      "a function that Google's default account builds",
      rules.ownBuildAccount,
      planted('cloudfunctionsv2/function:Function', { buildConfig: {} }),
    ],
    [
      'an open function',
      rules.closedIngress,
      planted('cloudfunctionsv2/function:Function', { serviceConfig: { ingressSettings: 'ALLOW_ALL' } }),
    ],
    [
      'a key as a plain variable',
      rules.hiddenSecrets,
      planted('cloudfunctionsv2/function:Function', {
        serviceConfig: { environmentVariables: { GOOGLE_API_KEY: 'AIza' } },
      }),
    ],
    [
      'a secret that is not marked as one',
      rules.hiddenSecrets,
      planted('secretmanager/secretVersion:SecretVersion', { secretData: 'text' }),
    ],
    [
      'a database without backups',
      rules.guardedDatabases,
      planted('firestore/database:Database', {
        name: 'other',
        pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_ENABLED',
        deleteProtectionState: 'DELETE_PROTECTION_ENABLED',
        deletionPolicy: 'ABANDON',
      }),
    ],
    [
      'a bucket that can be made public',
      rules.privateBuckets,
      planted('storage/bucket:Bucket', { name: 'other', uniformBucketLevelAccess: true }),
    ],
    ['an access control list', rules.privateBuckets, planted('storage/bucketACL:BucketACL', {})],
    [
      'an API key that works from everywhere',
      rules.restrictedKeys,
      planted('projects/apiKey:ApiKey', { restrictions: { apiTargets: [] } }),
    ],
    [
      'a backend without a limit',
      rules.limitedBackends,
      planted('compute/backendService:BackendService', {}),
    ],
  ];

  test.each(ADDED)('%s', (_what, policy, bad) => {
    expect(policy(resources)).toEqual([]);
    expect(policy([...resources, bad])).not.toEqual([]);
  });

  test('every policy is among them', () => {
    const seen = new Set(ADDED.map(([, policy]) => policy));
    expect(Object.entries(POLICIES).filter(([, policy]) => !seen.has(policy))).toEqual([]);
  });

  test.each([
    ['point-in-time recovery', { pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_DISABLED' }],
    ['delete protection', { deleteProtectionState: 'DELETE_PROTECTION_DISABLED' }],
    ['deletion policy', { deletionPolicy: 'DELETE' }],
  ])("the database's %s", (_what, change) => {
    const weakened = resources.map((each) =>
      each.type === 'gcp:firestore/database:Database'
        ? { ...each, inputs: { ...each.inputs, ...change } }
        : each,
    );
    expect(rules.guardedDatabases(weakened)).toHaveLength(1);
  });

  test.each(['daily', 'weekly'])('a missing %s backup', (name) => {
    const without = resources.filter(
      (each) => each.type !== 'gcp:firestore/backupSchedule:BackupSchedule' || each.name !== name,
    );
    expect(rules.guardedDatabases(without)).toHaveLength(1);
  });
});
