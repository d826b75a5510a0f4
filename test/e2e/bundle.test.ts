import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFunctions } from '../../infra/deploy/bundle/bundle.ts';
import { inRoot } from '../../infra/deploy/root.ts';
import { smoke } from '../../infra/deploy/site/smoke.ts';
import { functionsEnv } from '../../infra/dev/settings.ts';
import { startEdge, type EdgeServer } from '../../infra/local/edge/server.ts';
import { freePort } from '../support/process.ts';
import { Stack } from '../support/stack.ts';

/** The functions as they are deployed, outside of the repository, on the embedded servers of a running stack. */
let stack: Stack;
let folder: string;
let edge: EdgeServer;
const functions: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longrun-bundle-'));
  const bundle = join(folder, 'dist');
  [stack] = await Promise.all([
    Stack.start(),
    bundleFunctions({ outdir: bundle, graphs: inRoot('langgraph.json') }),
  ]);
  await symlink(inRoot('node_modules'), join(bundle, 'node_modules'));
  const at = JSON.parse(await readFile(join(stack.data, 'addresses.json'), 'utf8')) as Record<string, string>;
  const host = (name: string) => new URL(at[name] ?? '').host;
  const ports = { api: await freePort(), worker: await freePort() };
  const env = functionsEnv(
    {
      project: stack.at.project,
      worker: `http://127.0.0.1:${ports.worker}/`,
      firestore: host('firestore'),
      identity: host('identity'),
      tasks: host('tasks'),
    },
    {},
  );
  for (const [target, port] of Object.entries(ports)) {
    const framework = join(bundle, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
    const args = [framework, `--source=${bundle}`, `--port=${port}`, '--signature-type=http'];
    functions.push(
      spawn(process.execPath, args, {
        env: { PATH: process.env['PATH'], NODE_ENV: 'development', ...env, FUNCTION_TARGET: target },
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    );
  }
  const init: unknown = await (await fetch(`${stack.at.edge}/__/firebase/init.json`)).json();
  edge = await startEdge({ dir: bundle, api: `http://127.0.0.1:${ports.api}`, init });
  process.env['FIREBASE_AUTH_EMULATOR_HOST'] = host('identity');
});
afterAll(async () => {
  delete process.env['FIREBASE_AUTH_EMULATOR_HOST'];
  await Promise.all(
    functions.map(async (child) => {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    }),
  );
  await edge.close();
  await stack.close();
  await rm(folder, { recursive: true, force: true });
});

describe('A13: the bundle that is deployed', () => {
  it.each([
    ['research', 'How do I cancel a task that was already enqueued?'],
    ['family-scheduler', 'What is on our calendar this week?'],
  ])('a run of %s goes through it from the API to its end', async (graph, question) => {
    const done = await smoke({ site: edge.url, graph, question, patienceMs: 40_000 });
    expect(done).toMatchObject({ graph, run_id: expect.any(String) });
  });
});
