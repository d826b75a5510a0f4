/** For the tests: runs the program without a cloud and tells which resources it asked for. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { program, type Outputs } from '../program.ts';
import { parseSettings, type Settings } from '../settings.ts';

export interface Recorded {
  /** Such as `gcp:firestore/database:Database`. */
  type: string;
  name: string;
  id: string;
  inputs: Record<string, unknown>;
  /** Inputs that Pulumi encrypts in its state. */
  secrets: string[];
}

export interface Recording {
  resources: Recorded[];
  outputs: Outputs;
}

export const PROJECT = 'demo-longrun';
export const PROJECT_NUMBER = '123456789012';
export const REGION = 'us-central1';

const CONFIG: Record<string, string> = {
  'gcp:project': PROJECT,
  'gcp:region': REGION,
  'longrun:edge': 'load-balancer',
  'longrun:domain': 'longrun.example.com',
  'longrun:model': 'google:gemini-2.5-flash',
  'longrun:alertEmail': 'ops@example.com',
  'longrun:billingAccount': '012345-6789AB-CDEF01',
  'longrun:githubRepository': 'owner/longrun',
  'longrun:stateBucket': 'demo-longrun-pulumi',
  'longrun:stateKey': 'projects/demo-longrun/locations/us-central1/keyRings/longrun/cryptoKeys/pulumi',
  'longrun:googleClientId': '123-abc.apps.googleusercontent.com',
};

/** Everything that can be configured is, unless `changes` says otherwise (null: not set). */
export function settingsFor(changes: Record<string, string | null> = {}, bundle?: string): Settings {
  const config: Record<string, string | null> = { ...CONFIG, ...changes };
  // Pushes deploy to a load balancer only.
  if (config['longrun:edge'] === 'firebase-hosting') config['longrun:githubRepository'] = null;
  const settings = parseSettings(
    (key) => config[key] ?? undefined,
    () => true,
  );
  return bundle === undefined ? settings : { ...settings, bundle };
}

/** For a busy machine; alone it takes half a second. Milliseconds. */
export const RECORD_MS = 60_000;

export async function record(changes: Record<string, string | null> = {}): Promise<Recording> {
  const resources: Recorded[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const id = idOf(type, name, inputs);
        resources.push({ type, name, id, ...withoutEnvelopes(inputs) });
        return { id, state: { ...inputs, ...computed(type, name, inputs) } };
      },
      call: ({ token, inputs }) => {
        if (token !== 'gcp:organizations/getProject:getProject')
          throw new Error(`Unexpected call of ${token}`);
        return { ...inputs, number: PROJECT_NUMBER };
      },
    },
    'longrun',
    'production',
  );
  const bundle = mkdtempSync(join(tmpdir(), 'bundle-'));
  writeFileSync(join(bundle, 'package.json'), '{}');
  try {
    const secret = (value: string) => pulumi.secret(value);
    const outputs = await program(settingsFor(changes, bundle), {
      modelKey: secret('model-key-value'),
      graphsEnv: secret('SEARCH_KEY=search-key-value'),
      redisUrl: secret('redis://:password@10.0.0.3:6379'),
      webhookKey: secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
      googleClientSecret: secret('client-secret-value'),
    });
    await pulumi.runtime.disconnect();
    return { resources, outputs };
  } finally {
    rmSync(bundle, { recursive: true });
  }
}

/** Resources of one type, e.g. `firestore/database:Database`. */
export function ofType({ resources }: { resources: Recorded[] }, type: string): Recorded[] {
  return resources.filter((each) => each.type === `gcp:${type}`);
}

/** The resource of that type and name. Throws when it was not made. */
export function one(recording: { resources: Recorded[] }, type: string, name: string): Recorded {
  const found = ofType(recording, type).find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no ${type} "${name}".`);
  return found;
}

/** Pulumi sends a secret in an envelope: an object with this key, and the text as `value`. */
const SECRET = '4dabf18193072939515e22adb298388d';

function withoutEnvelopes(inputs: Record<string, unknown>): Pick<Recorded, 'inputs' | 'secrets'> {
  const secrets: string[] = [];
  const open = ([name, value]: [string, unknown]): [string, unknown] => {
    if (typeof value !== 'object' || value === null || !(SECRET in value)) return [name, value];
    secrets.push(name);
    return [name, 'value' in value ? value.value : undefined];
  };
  return { inputs: Object.fromEntries(Object.entries(inputs).map(open)), secrets };
}

function idOf(type: string, name: string, inputs: Record<string, unknown>): string {
  if (type === 'gcp:serviceaccount/account:Account') return accountName(inputs);
  return `${type.replace(/^gcp:/, '').replace(/:.*/, '')}/${name}`;
}

function accountEmail(inputs: Record<string, unknown>): string {
  return `${String(inputs['accountId'])}@${PROJECT}.iam.gserviceaccount.com`;
}

function accountName(inputs: Record<string, unknown>): string {
  return `projects/${PROJECT}/serviceAccounts/${accountEmail(inputs)}`;
}

/** What Google would answer beyond what it was asked. */
function computed(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  switch (type) {
    case 'gcp:serviceaccount/account:Account':
      return { email: accountEmail(inputs), name: accountName(inputs) };
    case 'gcp:projects/iAMCustomRole:IAMCustomRole':
      return { name: `projects/${PROJECT}/roles/${String(inputs['roleId'])}` };
    case 'gcp:artifactregistry/repository:Repository':
      return { name: inputs['repositoryId'] };
    case 'gcp:secretmanager/secretVersion:SecretVersion':
      return { version: '1' };
    case 'gcp:projects/apiKey:ApiKey':
      return { keyString: 'AIzaPublicKeyOfThePage', uid: 'api-key-uid' };
    case 'gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig':
      return { uptimeCheckId: 'check-1' };
    case 'gcp:compute/globalAddress:GlobalAddress':
      return { address: '203.0.113.7' };
    case 'gcp:firebaserules/ruleset:Ruleset':
      return { name: 'ruleset-1' };
    default:
      return 'name' in inputs ? {} : { name };
  }
}
