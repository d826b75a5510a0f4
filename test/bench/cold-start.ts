/**
 * From the start of a process until its function takes requests, and until its first request is answered, from the bundle as
 * it is deployed and installed: `npm run bench -- cold-start [--starts N] [--json]`. An empty function is started in turn with
 * them: machines differ, so the ratio to it says more than milliseconds.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleFunctions } from '../../infra/deploy/bundle/bundle.ts';
import { sizesOf } from '../../infra/deploy/bundle/sizes.ts';
import { inRoot } from '../../infra/deploy/root.ts';
import { functionsEnv } from '../../infra/dev/settings.ts';
import { freePort } from '../support/ports.ts';
import { accepts } from '../support/process.ts';
import { Stack } from '../support/stack.ts';
import { quantile } from '../support/statistics.ts';

const { values } = parseArgs({
  options: { starts: { type: 'string', default: '9' }, json: { type: 'boolean', default: false } },
  // The name of this benchmark may stand among them.
  allowPositionals: true,
});
const starts = Number(values.starts);
const LIMIT_MS = 500;

interface Started {
  readyMs: number;
  answerMs: number;
}

interface Asked {
  name: string;
  source: string;
  /** The first request, which needs everything that the function is there for. */
  method: string;
  path: string;
  body?: object;
}

const folder = await mkdtemp(join(tmpdir(), 'cold-start-'));
const stack = await Stack.start();
try {
  const bundle = join(folder, 'dist');
  const { metafile, packages } = await bundleFunctions({ outdir: bundle, graphs: inRoot('langgraph.json') });
  const sizes = await sizesOf(bundle, metafile);
  const npm = spawnSync('npm', ['ci', '--omit=dev', '--prefer-offline', '--no-audit'], {
    cwd: bundle,
    encoding: 'utf8',
  });
  if (npm.status !== 0) throw new Error(`npm ci failed:\n${npm.stderr}`);
  const empty = join(folder, 'empty');
  await mkdir(empty);
  await writeFile(join(empty, 'index.js'), 'exports.empty = (_request, response) => response.end();');

  const { token, uid } = await stack.newUser();
  const functions: Asked[] = [
    { name: 'empty', source: empty, method: 'GET', path: '/' },
    { name: 'api', source: bundle, method: 'GET', path: '/api/runs' },
    { name: 'worker', source: bundle, method: 'POST', path: '/', body: { uid, run_id: randomUUID() } },
    { name: 'admin', source: bundle, method: 'GET', path: '/api/admin/me' },
    { name: 'maintenance', source: bundle, method: 'POST', path: '/' },
  ];
  const framework = join(bundle, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
  const env = await environment();
  const all = new Map<string, Started[]>(functions.map(({ name }) => [name, []]));
  for (let i = 0; i < starts; i += 1) {
    for (const each of functions) all.get(each.name)?.push(await start(framework, each, env, token));
  }
  const median = (name: string, key: keyof Started) =>
    quantile(
      (all.get(name) ?? []).map((each) => each[key]),
      0.5,
    );
  const rows = functions.map(({ name }) => ({
    function: name,
    ready_ms: Math.round(median(name, 'readyMs')),
    to_empty: Number((median(name, 'readyMs') / median('empty', 'readyMs')).toFixed(2)),
    answer_ms: Math.round(median(name, 'answerMs')),
    ready_p90_ms: Math.round(
      quantile(
        (all.get(name) ?? []).map(({ readyMs }) => readyMs),
        0.9,
      ),
    ),
  }));
  const installed = await bytesBelow(join(bundle, 'node_modules'));
  const size = { bundle_bytes: sizes.bytes, zip_bytes: sizes.zipped, packages, installed_bytes: installed };
  if (values.json) process.stdout.write(`${JSON.stringify({ starts, size, functions: rows })}\n`);
  else {
    process.stdout.write(
      `${mb(sizes.bytes)} to deploy, ${mb(sizes.zipped)} zipped; ${packages} packages, ${mb(installed)} installed\n`,
    );
    for (const { name, atStart, later } of sizes.functions) {
      process.stdout.write(
        `  ${name.padEnd(12)} ${mb(atStart)} of it at the start, ${mb(later)} when needed\n`,
      );
    }
    console.table(rows);
  }
  if (rows.some(({ ready_ms }) => ready_ms > LIMIT_MS)) process.exitCode = 1;
} finally {
  await stack.close();
  await rm(folder, { recursive: true, force: true });
}

/** The servers of a running installation, seen as a deployed function sees Google's. */
async function environment(): Promise<Record<string, string>> {
  const at = JSON.parse(await readFile(join(stack.data, 'addresses.json'), 'utf8')) as Record<string, string>;
  const host = (name: string) => new URL(at[name] ?? '').host;
  const servers = { firestore: host('firestore'), identity: host('identity'), tasks: host('tasks') };
  return {
    ...functionsEnv({ project: stack.at.project, worker: at['worker'] ?? '', ...servers }, {}),
    NODE_ENV: 'development',
    PATH: process.env['PATH'] ?? '',
  };
}

async function start(
  framework: string,
  { name, source, method, path, body }: Asked,
  env: Record<string, string>,
  token: string,
): Promise<Started> {
  const port = await freePort();
  const began = performance.now();
  const args = [framework, `--source=${source}`, `--port=${port}`, '--signature-type=http'];
  const child = spawn(process.execPath, args, {
    env: { ...env, FUNCTION_TARGET: name },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exit = once(child, 'exit');
  try {
    while (!(await accepts(port))) {
      if (child.exitCode !== null) throw new Error(`${name} ended at its start.`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const readyMs = performance.now() - began;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'x-cloudtasks-taskname': 'cold',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${name} answered ${response.status}: ${text}`);
    return { readyMs, answerMs: performance.now() - began };
  } finally {
    child.kill('SIGKILL');
    await exit;
  }
}

async function bytesBelow(dir: string): Promise<number> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  let bytes = 0;
  for (const file of files) bytes += (await stat(join(file.parentPath, file.name))).size;
  return bytes;
}

function mb(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(2)} MB`;
}
