import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFakeEngine } from './testing/fake-engine.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const RUNNER = createRequire(import.meta.url).resolve('@pulumi/pulumi/cmd/run/index.js');

const CONFIG = {
  'gcp:project': 'demo-longrun',
  'gcp:region': 'us-central1',
  'longrun:domain': 'longrun.example.com',
  'longrun:model': 'google:gemini-2.5-flash',
  'longrun:modelKey': 'model-key-value',
  'longrun:alertEmail': 'ops@example.com',
};

let bundle: string;
beforeAll(() => {
  bundle = mkdtempSync(join(tmpdir(), 'bundle-'));
  writeFileSync(join(bundle, 'package.json'), '{}');
});
afterAll(() => rmSync(bundle, { recursive: true }));

/** What `pulumi preview` does with the program, once it has read Pulumi.yaml and the stack's configuration. */
async function preview(config: Record<string, string>) {
  const engine = await startFakeEngine();
  const { address } = engine;
  const args = [RUNNER, `--monitor=${address}`, `--engine=${address}`];
  args.push('--project=longrun', '--stack=production', '--dry-run', '--parallel=16', '.');
  const child = spawn(process.execPath, args, {
    cwd: FOLDER,
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(config),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(['longrun:modelKey']),
      LONGRUN_BUNDLE: bundle,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (said += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  engine.close();
  return { ...engine, code, said };
}

// On a busy machine a process of its own takes a while.
describe("under Pulumi's own runner", () => {
  test('the program is read as it is and asks for everything', async () => {
    const { code, said, complaints, resources, dependencies, outputs } = await preview(CONFIG);
    expect({ code, said, complaints }).toEqual({ code: 0, said: '', complaints: [] });
    expect(resources).toContain('gcp:cloudfunctionsv2/function:Function worker');
    expect(resources).toContain('gcp:compute/uRLMap:URLMap edge');
    const before = (resource: string) => dependencies.get(resource) ?? [];
    const FUNCTION = 'gcp:cloudfunctionsv2/function:Function worker';
    // Each of these is refused by Google when it comes too early.
    expect(before(FUNCTION)).toEqual(
      expect.arrayContaining([
        'gcp:secretmanager/secretIamMember:SecretIamMember model-key-worker',
        'gcp:projects/iAMMember:IAMMember worker-database',
        'gcp:projects/iAMMember:IAMMember build-reads-source',
        'gcp:artifactregistry/repositoryIamMember:RepositoryIamMember build-pushes',
      ]),
    );
    expect(before('gcp:cloudrunv2/serviceIamMember:ServiceIamMember worker-invoker')).toContain(FUNCTION);
    expect(before('gcp:storage/bucketIAMMember:BucketIAMMember site-balancer')).toContain(
      'gcp:compute/backendBucket:BackendBucket site',
    );
    expect(before('gcp:firestore/database:Database database')).toContain(
      'gcp:projects/service:Service firestore',
    );
    expect(outputs.sort()).toEqual(['address', 'apiKey', 'edge', 'siteBucket', 'url', 'urlMap']);
  });

  test('a configuration that cannot work -> every problem, and nothing is made', async () => {
    const { code, complaints, resources } = await preview({ 'gcp:project': 'X', 'longrun:edge': 'none' });
    expect(code).not.toBe(0);
    const log = complaints.join('\n');
    for (const key of ['gcp:project', 'gcp:region', 'longrun:edge', 'longrun:model', 'longrun:alertEmail']) {
      expect(log).toContain(key);
    }
    expect(resources.filter((each) => each.startsWith('gcp:'))).toEqual([]);
  });

  test('Pulumi.yaml leaves TypeScript to Node', () => {
    expect(readFileSync(join(FOLDER, 'Pulumi.yaml'), 'utf8')).toMatch(/typescript: false/);
  });
});
