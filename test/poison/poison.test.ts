import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isTerminal, type Run, type RunEvent } from '@longrun/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../support/api.ts';
import { violations } from '../support/installation.ts';
import { Stack } from '../support/stack.ts';
import { until } from '../support/wait.ts';

const NODE_MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const BLOCKED_S = 5;
const INNOCENTS = 12;
const FILES = {
  'package.json': '{ "type": "module" }',
  'langgraph.json': `{ "graphs": {
    "innocent": "./graphs.ts:innocent", "exits": "./graphs.ts:exits", "eats": "./graphs.ts:eats", "loops": "./graphs.ts:loops",
    "leaves": "./graphs.ts:leaves", "computes": "./graphs.ts:computes" } }`,
  'graphs.ts': `
    import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const of = (...steps) => {
      const graph = new StateGraph(MessagesAnnotation);
      steps.forEach((step, i) => graph.addNode('step' + i, async () => ((await step()) ?? { messages: [] })));
      graph.addEdge(START, 'step0');
      steps.forEach((_, i) => graph.addEdge('step' + i, i + 1 < steps.length ? 'step' + (i + 1) : END));
      return graph.compile();
    };
    const said = (content) => ({ messages: [{ role: 'assistant', content }] });
    export const innocent = of(() => pause(700), () => pause(700), () => said('done'));
    export const exits = of(() => pause(300), () => process.exit(7));
    export const eats = of(() => pause(300), () => { const all = []; for (;;) all.push(new Array(1e6).fill(all.length)); });
    export const loops = of(() => pause(300), () => { for (;;); });
    export const leaves = of(() => { setTimeout(() => { throw new Error('left behind'); }, 500); }, () => said('done'));
    export const computes = of(() => { const end = Date.now() + 4_000; while (Date.now() < end); }, () => said('done'));`,
};

let folder: string;
let stack: Stack;
let api: Api;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longrun-poison-'));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
  await symlink(NODE_MODULES, join(folder, 'node_modules'));
  stack = await Stack.start({
    LANGGRAPH_CONFIG: folder,
    WORKER_BLOCKED_S: String(BLOCKED_S),
    // So that memory is soon eaten.
    NODE_OPTIONS: '--max-old-space-size=256',
  });
  api = new Api(stack.at.edge, (await stack.newUser()).token);
});
afterAll(async () => {
  await stack?.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(graph: string): Promise<Run> {
  const input = { messages: [{ role: 'user', content: 'go' }] };
  return await api.create({ assistant_id: graph, input });
}

async function end(run: Run): Promise<Run> {
  return await until(
    `the run of ${run.assistant_id} has ended`,
    async () => {
      const { status, body } = await api.call<Run>('GET', `/runs/${run.run_id}`);
      return status === 200 && isTerminal(body.status) ? body : null;
    },
    600_000,
  );
}

const attemptsOf = (events: RunEvent[]) => events.filter(({ type }) => type === 'attempt.started');

describe('three runs that end their process, beside twelve that do not', () => {
  const POISONS: [graph: string, reason: RegExp][] = [
    ['exits', /^The graph "exits" .* ended itself with exit code 7/],
    ['eats', /^The graph "eats" .* ran out of memory/],
    ['loops', /^The graph "loops" .* did nothing else for \d+ s/],
  ];

  it('the twelve complete, and each of the three fails with its graph and the reason', async () => {
    const poisons = await Promise.all(POISONS.map(([graph]) => start(graph)));
    const innocents = await Promise.all(Array.from({ length: INNOCENTS }, () => start('innocent')));
    const ended = await Promise.all(innocents.map(end));
    expect(ended.map(({ status, error }) => error?.message ?? status)).toEqual(
      Array.from({ length: INNOCENTS }, () => 'completed'),
    );
    for (const [i, failed] of (await Promise.all(poisons.map(end))).entries()) {
      expect(failed.error).toMatchObject({ code: 'process_ended' });
      expect(failed.error?.message).toMatch(POISONS[i]?.[1] ?? /never/);
    }
    expect((await violations(stack.at)).violated).toEqual([]);
  }, 900_000);
});

describe('a worker that lives', () => {
  it('goes on after an error of what an ended run left behind', async () => {
    const worker = await stack.pid('worker');
    const left = await end(await start('leaves'));
    expect(left.status).toBe('completed');
    await until('the error was logged with its graph', async () => {
      const text = await readFile(join(stack.data, 'logs', 'worker.log'), 'utf8');
      return /"graph":"leaves","ended":true/.test(text) ? true : null;
    });
    expect((await end(await start('innocent'))).status).toBe('completed');
    expect(await stack.pid('worker')).toBe(worker);
  });

  it('keeps its runs while a step computes: nobody takes them over', async () => {
    const runs = await Promise.all([start('computes'), start('innocent'), start('innocent')]);
    const ended = await Promise.all(runs.map(end));
    expect(ended.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    for (const { run_id } of ended) {
      expect(attemptsOf(await api.events(run_id))).toHaveLength(1);
    }
  });

  it('keeps its runs when it was stopped for longer than a lease', async () => {
    const run = await start('innocent');
    const worker = await stack.pid('worker');
    await until('it has begun', async () => {
      const { body } = await api.call<Run>('GET', `/runs/${run.run_id}`);
      return body.status === 'running' ? true : null;
    });
    process.kill(worker, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    process.kill(worker, 'SIGCONT');
    const ended = await end(run);
    expect(ended).toMatchObject({ status: 'completed', attempt: 1 });
  });
});
