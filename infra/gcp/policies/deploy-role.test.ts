import { beforeAll, describe, expect, test } from 'vitest';
import { DEPLOY_PERMISSIONS } from '../roles.ts';
import { ofType, record, type Recording, RECORD_MS } from '../testing/record.ts';

/** What a push to main may change, and what it takes. */
const BY_PUSH: Record<string, string> = {
  'cloudfunctionsv2/function:Function': 'cloudfunctions.functions.update',
  'compute/uRLMap:URLMap': 'compute.urlMaps.update',
  'compute/backendBucket:BackendBucket': 'compute.backendBuckets.update',
  'compute/backendService:BackendService': 'compute.backendServices.update',
  'compute/securityPolicy:SecurityPolicy': 'compute.securityPolicies.update',
  'firestore/index:Index': 'datastore.indexes.create',
  'firestore/field:Field': 'datastore.indexes.update',
  'firebaserules/ruleset:Ruleset': 'firebaserules.rulesets.create',
  'firebaserules/release:Release': 'firebaserules.releases.update',
  'cloudtasks/queue:Queue': 'cloudtasks.queues.update',
  'cloudscheduler/job:Job': 'cloudscheduler.jobs.update',
  'logging/metric:Metric': 'logging.logMetrics.update',
  'monitoring/alertPolicy:AlertPolicy': 'monitoring.alertPolicies.update',
  'monitoring/dashboard:Dashboard': 'monitoring.dashboards.update',
  'monitoring/uptimeCheckConfig:UptimeCheckConfig': 'monitoring.uptimeCheckConfigs.update',
};

/** What only a person changes: who may do what, what is secret, what is paid, what cannot be made again. */
const BY_HAND = [
  'projects/service:Service',
  'projects/defaultServiceAccounts:DefaultServiceAccounts',
  'projects/iAMCustomRole:IAMCustomRole',
  'projects/iAMMember:IAMMember',
  'projects/apiKey:ApiKey',
  'serviceaccount/account:Account',
  'serviceaccount/iAMMember:IAMMember',
  'cloudtasks/queueIamMember:QueueIamMember',
  'cloudrunv2/serviceIamMember:ServiceIamMember',
  'kms/cryptoKeyIAMMember:CryptoKeyIAMMember',
  'secretmanager/secret:Secret',
  'secretmanager/secretVersion:SecretVersion',
  'secretmanager/secretIamMember:SecretIamMember',
  'storage/bucket:Bucket',
  'storage/bucketIAMMember:BucketIAMMember',
  'artifactregistry/repository:Repository',
  'artifactregistry/repositoryIamMember:RepositoryIamMember',
  'firestore/database:Database',
  'firestore/backupSchedule:BackupSchedule',
  'identityplatform/config:Config',
  'identityplatform/defaultSupportedIdpConfig:DefaultSupportedIdpConfig',
  'billing/budget:Budget',
  'cloudbuild/trigger:Trigger',
  'monitoring/notificationChannel:NotificationChannel',
  'compute/globalAddress:GlobalAddress',
  'compute/managedSslCertificate:ManagedSslCertificate',
  'compute/sSLPolicy:SSLPolicy',
  'compute/targetHttpProxy:TargetHttpProxy',
  'compute/targetHttpsProxy:TargetHttpsProxy',
  'compute/globalForwardingRule:GlobalForwardingRule',
  'compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup',
];
/** Uploads, by a grant on the buckets themselves. */
const OBJECTS = 'storage/bucketObject:BucketObject';

describe('B4: what a push may change', () => {
  let recording: Recording;
  beforeAll(async () => {
    recording = await record();
  }, RECORD_MS);

  test('every kind of resource is either for a push or for a person', () => {
    const known = new Set([...Object.keys(BY_PUSH), ...BY_HAND, OBJECTS].map((type) => `gcp:${type}`));
    const unknown = recording.resources.map(({ type }) => type).filter((type) => !known.has(type));
    expect([...new Set(unknown)]).toEqual([]);
  });

  test.each(Object.entries(BY_PUSH))('%s: the account of deploys has %s', (type, permission) => {
    expect(ofType(recording, type)).not.toEqual([]);
    expect(DEPLOY_PERMISSIONS).toContain(permission);
  });

  test('it acts as each account that a function, a build or a job runs as', () => {
    const actsAs = ofType(recording, 'serviceaccount/iAMMember:IAMMember')
      .filter(({ inputs }) => String(inputs['member']).includes('longrun-deploy@'))
      .map(({ inputs }) => String(inputs['serviceAccountId']).split('/').at(-1));
    const text = JSON.stringify([
      ofType(recording, 'cloudfunctionsv2/function:Function').map(({ inputs }) => [
        Object(inputs['serviceConfig']).serviceAccountEmail,
        Object(inputs['buildConfig']).serviceAccount,
      ]),
      ofType(recording, 'cloudscheduler/job:Job').map(({ inputs }) => inputs['httpTarget']),
    ]);
    const needed = new Set(text.match(/longrun-[a-z]+@[a-z0-9.-]+/g));
    expect(new Set(actsAs)).toEqual(needed);
  });
});
