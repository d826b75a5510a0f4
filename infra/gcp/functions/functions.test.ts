import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../../../functions/src/config/config.ts';
import { queueFlag } from '../../dev/settings.ts';
import { FUNCTIONS, type FunctionName } from '../stack.ts';
import { one, PROJECT, record, type Recording, RECORD_MS } from '../testing/record.ts';
import { SIZES } from './sizes.ts';
import { hashOf } from './source.ts';

interface FunctionInputs {
  name: string;
  buildConfig: { entryPoint: string; runtime: string; source: { storageSource: { object: string } } };
  serviceConfig: {
    environmentVariables: Record<string, string>;
    secretEnvironmentVariables?: { key: string; secret: string; version: string }[];
    timeoutSeconds: number;
    availableMemory: string;
    directVpcNetworkInterfaces?: unknown[];
  };
}

function functionOf(recording: Recording, name: FunctionName): FunctionInputs {
  const { inputs } = one(recording, 'cloudfunctionsv2/function:Function', name);
  return inputs as unknown as FunctionInputs;
}

const SECRETS: Record<string, string> = {
  REDIS_URL: 'redis://10.0.0.3',
  WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
};

/** What the process of a function would see. */
function environmentOf(recording: Recording, name: FunctionName): Record<string, string> {
  const { environmentVariables, secretEnvironmentVariables = [] } = functionOf(recording, name).serviceConfig;
  const secrets = secretEnvironmentVariables.map(({ key }) => [key, SECRETS[key] ?? 'x']);
  return { ...environmentVariables, ...Object.fromEntries(secrets) };
}

let recording: Recording;
beforeAll(async () => {
  recording = await record();
}, RECORD_MS);

describe.each(FUNCTIONS)('%s', (name) => {
  test('E5: its environment is one that the functions accept', () => {
    expect(parseConfig({ ...environmentOf(recording, name), FUNCTION_TARGET: name })).toMatchObject({
      NODE_ENV: 'production',
      GOOGLE_CLOUD_PROJECT: PROJECT,
      LONGRUN_STORAGE: 'firestore',
      TASKS_QUEUE: 'runs',
    });
  });

  test('nothing of it points to an emulator', () => {
    expect(Object.keys(environmentOf(recording, name)).filter((key) => key.includes('EMULATOR'))).toEqual([]);
  });

  test('is the entry point of the one bundle, on Node 24', () => {
    const { buildConfig } = functionOf(recording, name);
    expect(buildConfig).toMatchObject({ entryPoint: name, runtime: 'nodejs24' });
    expect(buildConfig.source.storageSource.object).toMatch(/^functions-[0-9a-f]{16}\.zip$/);
  });

  test('secrets are named by version, so that an old revision keeps its own', () => {
    for (const { version } of functionOf(recording, name).serviceConfig.secretEnvironmentVariables ?? []) {
      expect(version).toMatch(/^\d+$/);
    }
  });
});

test.each([
  [null, '0'],
  ['false', '0'],
  ['true', '1'],
])(
  'longrun:anonymousApiKeys=%s -> to the API: %s',
  async (set, allowed) => {
    const changed = await record({ 'longrun:anonymousApiKeys': set });
    const config = parseConfig({ ...environmentOf(changed, 'api'), FUNCTION_TARGET: 'api' });
    expect(config.API_KEYS_ANONYMOUS).toBe(allowed);
  },
  RECORD_MS,
);

describe('the queue and the worker', () => {
  test('the worker knows its own address, which is the one that tasks are meant for', () => {
    const url = 'https://longrun-worker-123456789012.us-central1.run.app';
    for (const name of FUNCTIONS) expect(environmentOf(recording, name)['WORKER_URL']).toBe(url);
    const account = 'longrun-tasks@demo-longrun.iam.gserviceaccount.com';
    for (const name of FUNCTIONS)
      expect(environmentOf(recording, name)['TASKS_SERVICE_ACCOUNT']).toBe(account);
  });

  test('D2: the queue has the same limits as the local one', () => {
    const flag = queueFlag(PROJECT);
    const { rateLimits } = JSON.parse(flag.slice(flag.indexOf('{')));
    const { inputs } = one(recording, 'cloudtasks/queue:Queue', 'runs');
    expect(inputs['rateLimits']).toEqual(rateLimits);
    expect(flag).toContain(`/queues/${String(inputs['name'])}:`);
  });

  test('D2: there are workers for as many runs as the queue sends at the same time', () => {
    const { inputs } = one(recording, 'cloudtasks/queue:Queue', 'runs');
    const { maxConcurrentDispatches } = inputs['rateLimits'] as { maxConcurrentDispatches: number };
    expect(SIZES.worker.maxInstances * SIZES.worker.concurrency).toBeGreaterThanOrEqual(
      maxConcurrentDispatches,
    );
  });

  test('D5: the queue never gives a run up by itself', () => {
    const { inputs } = one(recording, 'cloudtasks/queue:Queue', 'runs');
    expect(inputs['retryConfig']).toMatchObject({ maxAttempts: -1 });
  });

  test('D4: a worker hands a run over before Cloud Tasks or Cloud Run stop it', () => {
    const { WORKER_DEADLINE_S } = parseConfig(environmentOf(recording, 'worker'));
    expect(WORKER_DEADLINE_S).toBeLessThan(SIZES.worker.timeoutS);
    expect(SIZES.worker.timeoutS).toBeLessThanOrEqual(1_800);
  });

  test('several requests in one instance need a whole processor', () => {
    for (const { cpu, concurrency } of Object.values(SIZES)) {
      expect(concurrency === 1 || Number(cpu) >= 1).toBe(true);
    }
  });
});

test('A9: the sweeper is called each minute, by an account that may', () => {
  const { inputs } = one(recording, 'cloudscheduler/job:Job', 'sweep');
  const uri = 'https://longrun-maintenance-123456789012.us-central1.run.app';
  expect(inputs).toMatchObject({
    schedule: '* * * * *',
    httpTarget: {
      uri,
      httpMethod: 'POST',
      oidcToken: {
        audience: uri,
        serviceAccountEmail: 'longrun-scheduler@demo-longrun.iam.gserviceaccount.com',
      },
    },
  });
});

test('B5: only the admin behind a load balancer is told which cache to purge', async () => {
  expect(environmentOf(recording, 'admin')['URL_MAP']).toBe('longrun');
  expect(environmentOf(recording, 'api')['URL_MAP']).toBeUndefined();
  expect(environmentOf(recording, 'admin')['PAGE_URL']).toBe('https://longrun.example.com');
  const small = await record({ 'longrun:edge': 'firebase-hosting' });
  expect(environmentOf(small, 'admin')['URL_MAP']).toBeUndefined();
});

test('a project whose graphs choose their own model, and need more memory', async () => {
  const theirs = await record({ 'longrun:model': 'none', 'longrun:workerMemory': '2Gi' });
  expect(parseConfig({ ...environmentOf(theirs, 'worker'), FUNCTION_TARGET: 'worker' }).NODE_ENV).toBe(
    'production',
  );
  expect(functionOf(theirs, 'worker').serviceConfig.availableMemory).toBe('2Gi');
  expect(functionOf(theirs, 'api').serviceConfig.availableMemory).toBe(SIZES.api.memory);
  const readers = FUNCTIONS.filter((name) => 'GRAPHS_ENV' in environmentOf(theirs, name));
  expect(readers).toEqual(['api', 'worker']);
});

test('a private Redis server is reached through its network', async () => {
  const inside = await record({ 'longrun:network': 'default', 'longrun:subnetwork': 'default' });
  expect(functionOf(inside, 'worker').serviceConfig.directVpcNetworkInterfaces).toEqual([
    { network: 'default', subnetwork: 'default' },
  ]);
  expect(functionOf(recording, 'worker').serviceConfig.directVpcNetworkInterfaces).toBeUndefined();
});

describe("the bundle's name", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    mkdirSync(join(folder, 'lib'));
    writeFileSync(join(folder, 'package.json'), '{}');
    writeFileSync(join(folder, 'lib', 'a.js'), 'one');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('the same files -> the same name; another content, name or file -> another', () => {
    const before = hashOf(folder);
    expect(hashOf(folder)).toBe(before);
    writeFileSync(join(folder, 'lib', 'a.js'), 'two');
    const other = hashOf(folder);
    writeFileSync(join(folder, 'lib', 'b.js'), '');
    expect(new Set([before, other, hashOf(folder)]).size).toBe(3);
  });

  test('no bundle -> an error that says how to make one', () => {
    rmSync(join(folder, 'package.json'));
    expect(() => hashOf(folder)).toThrow(/build it first/);
    expect(() => hashOf(join(folder, 'none'))).toThrow(/build it first/);
  });
});
