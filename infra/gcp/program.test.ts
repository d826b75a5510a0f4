import { beforeAll, describe, expect, test } from 'vitest';
import { ofType, one, record, type Recording, RECORD_MS } from './testing/record.ts';

let recording: Recording;
beforeAll(async () => {
  recording = await record();
}, RECORD_MS);

test('the deploy learns where to put the page and what to purge', () => {
  expect(recording.outputs).toMatchObject({
    url: 'https://longrun.example.com',
    edge: 'load-balancer',
    siteBucket: 'demo-longrun-longrun-site',
    urlMap: 'longrun',
  });
  expect(one(recording, 'compute/uRLMap:URLMap', 'edge').inputs['name']).toBe('longrun');
  expect(one(recording, 'storage/bucket:Bucket', 'site').inputs['name']).toBe('demo-longrun-longrun-site');
});

describe('B4: a push to main', () => {
  test('runs cloudbuild.yaml as the account for it', () => {
    expect(one(recording, 'cloudbuild/trigger:Trigger', 'push-to-main').inputs).toMatchObject({
      github: { owner: 'owner', name: 'longrun', push: { branch: '^main$' } },
      filename: 'cloudbuild.yaml',
      serviceAccount:
        'projects/demo-longrun/serviceAccounts/longrun-deploy@demo-longrun.iam.gserviceaccount.com',
    });
  });

  test('no repository -> no trigger, no account, no role', async () => {
    const byHand = await record({ 'longrun:githubRepository': null });
    expect(ofType(byHand, 'cloudbuild/trigger:Trigger')).toEqual([]);
    expect(JSON.stringify(byHand.resources)).not.toContain('longrun-deploy');
  });
});

describe('the small option', () => {
  let small: Recording;
  beforeAll(async () => {
    small = await record({ 'longrun:edge': 'firebase-hosting', 'longrun:domain': null });
  }, RECORD_MS);

  test('makes nothing that costs by the hour', () => {
    expect(small.resources.filter(({ type }) => type.startsWith('gcp:compute/'))).toEqual([]);
    expect(small.outputs.url).toBe('https://demo-longrun.web.app');
  });

  test('lets people sign in where the page is', () => {
    expect(one(small, 'identityplatform/config:Config', 'sign-in').inputs['authorizedDomains']).toEqual([
      'demo-longrun.web.app',
      'demo-longrun.firebaseapp.com',
    ]);
  });

  test('the page learns its key from Hosting', () => {
    expect(one(small, 'firebase/webApp:WebApp', 'page').inputs['apiKeyId']).toBe('api-key-uid');
  });
});

test('A11: sign-in is anonymous, by email, and by Google when it is configured', async () => {
  expect(one(recording, 'identityplatform/config:Config', 'sign-in').inputs['signIn']).toEqual({
    anonymous: { enabled: true },
    email: { enabled: true, passwordRequired: true },
  });
  const TYPE = 'identityplatform/defaultSupportedIdpConfig:DefaultSupportedIdpConfig';
  expect(one(recording, TYPE, 'google').secrets).toContain('clientSecret');
  const without = await record({ 'longrun:googleClientId': null });
  expect(ofType(without, TYPE)).toEqual([]);
});

test('the budget counts this project only', () => {
  expect(one(recording, 'billing/budget:Budget', 'month').inputs).toMatchObject({
    billingAccount: '012345-6789AB-CDEF01',
    budgetFilter: { projects: ['projects/123456789012'] },
    amount: { specifiedAmount: { units: '50' } },
  });
});

test('the flood limit lets a busy page through and answers 429 beyond', () => {
  const { inputs } = one(recording, 'compute/securityPolicy:SecurityPolicy', 'rate-limit');
  expect(inputs['rules']).toContainEqual(
    expect.objectContaining({
      action: 'throttle',
      rateLimitOptions: {
        conformAction: 'allow',
        exceedAction: 'deny(429)',
        enforceOnKey: 'IP',
        rateLimitThreshold: { count: 600, intervalSec: 60 },
      },
    }),
  );
});
