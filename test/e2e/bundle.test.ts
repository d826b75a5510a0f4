import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFunctions } from '../../infra/deploy/bundle/bundle.ts';
import { inRoot } from '../../infra/deploy/root.ts';
import { smoke } from '../../infra/deploy/site/smoke.ts';
import { Deployed } from '../support/deployed.ts';
import { Stack } from '../support/stack.ts';

/** The functions as they are deployed, outside of the repository, on the embedded servers of a running stack. */
let stack: Stack;
let folder: string;
let deployed: Deployed;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longrun-bundle-'));
  const bundle = join(folder, 'dist');
  [stack] = await Promise.all([
    Stack.start(),
    bundleFunctions({ outdir: bundle, graphs: inRoot('langgraph.json') }),
  ]);
  await symlink(inRoot('node_modules'), join(bundle, 'node_modules'));
  deployed = await Deployed.start(bundle, stack);
  process.env['FIREBASE_AUTH_EMULATOR_HOST'] = new URL(stack.at.identity).host;
});
afterAll(async () => {
  delete process.env['FIREBASE_AUTH_EMULATOR_HOST'];
  await deployed.close();
  await stack.close();
  await rm(folder, { recursive: true, force: true });
});

describe('A13: the bundle that is deployed', () => {
  it.each([
    ['research', 'How do I cancel a task that was already enqueued?'],
    ['family-scheduler', 'What is on our calendar this week?'],
  ])('a run of %s goes through it from the API to its end', async (graph, question) => {
    const done = await smoke({ site: deployed.url, graph, question, patienceMs: 40_000 });
    expect(done).toMatchObject({ graph, run_id: expect.any(String) });
  });
});
