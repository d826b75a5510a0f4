import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Run } from '@longrun/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, type Created } from '../support/api.ts';
import { isAlive, Stack } from '../support/stack.ts';
import { until } from '../support/wait.ts';

const NODE_MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const FILES = {
  'package.json': '{ "type": "module" }',
  'langgraph.json':
    '{ "graphs": { "own": "./own.ts:graph", "long": "./long.ts:graph", "broken": "./broken.ts:graph" } }',
  'own.ts': `
    import { mkdirSync, writeFileSync } from 'node:fs';
    import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
    import { word } from './word.ts';
    export const graph = new StateGraph(MessagesAnnotation)
      .addNode('say', () => {
        mkdirSync('output', { recursive: true });
        writeFileSync('output/report.md', 'report');
        writeFileSync('made.ts', 'export {};');
        writeFileSync('x.json', '{}');
        console.log('the graph says ' + word);
        return { messages: [{ role: 'assistant', content: word + ' ' + process.env.LANGGRAPH_API_URL }] };
      })
      .addEdge(START, 'say').addEdge('say', END).compile();`,
  'word.ts': `export const word = 'one';`,
  'long.ts': `
    import { existsSync, writeFileSync } from 'node:fs';
    import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
    import { word } from './word.ts';
    const said = () => ({ messages: [{ role: 'assistant', content: word }] });
    export const graph = new StateGraph(MessagesAnnotation)
      .addNode('first', async () => {
        writeFileSync('begun', '');
        while (!existsSync('go-on')) await new Promise((resolve) => setTimeout(resolve, 20));
        return said();
      })
      .addNode('second', said)
      .addEdge(START, 'first').addEdge('first', 'second').addEdge('second', END).compile();`,
  'broken.ts': `import './missing/tool.ts'; export { graph } from './own.ts';`,
};

let folder: string;
let stack: Stack;
let api: Api;
const write = async (name: string, text: string) => {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longrun-reload-'));
  for (const [name, text] of Object.entries(FILES)) await write(name, text);
  await symlink(NODE_MODULES, join(folder, 'node_modules'));
  // What a worker executes when its code changes goes on until the test says so, however busy the machine.
  stack = await Stack.start({ LANGGRAPH_CONFIG: folder, WORKER_GRACE_S: '300' });
  api = new Api(stack.at.edge, (await stack.newUser()).token);
});
afterAll(async () => {
  await stack?.close();
  await rm(folder, { recursive: true, force: true });
});

async function answerOf(graph: string): Promise<unknown> {
  const { error, messages } = await runOf(graph);
  return error?.message ?? messages.at(-1)?.content;
}

async function runOf(graph: string): Promise<Run> {
  const run = await until('a run is taken', async () => {
    // While the functions start again, nobody takes it.
    const { status, body } = await api.call<Created>('POST', '/runs', {
      assistant_id: graph,
      input: { messages: [{ role: 'user', content: 'go' }] },
    });
    return status === 200 ? body : null;
  });
  return await until('the run ends', async () => {
    const { status, body } = await api.call<Run>('GET', `/runs/${run.run_id}`);
    return status === 200 && body.finished_at !== null ? body : null;
  });
}

const isSaid = (text: string) => until(text, () => (stack.output.includes(text) ? true : null));

describe('npm start with somebody’s project', () => {
  it('says why a graph cannot be run, and runs the other', async () => {
    await isSaid('The graph "broken" cannot be run. ./broken.ts: Cannot find module');
    expect(await answerOf('own')).toBe(`one ${stack.at.edge}/api`);
    await isSaid('graph: the graph says one');
  });

  it('a file that its import could not find appears -> the graph runs', async () => {
    const before = await stack.pid('worker');
    await write('missing/tool.ts', 'export {};');
    await until('the worker is another one', async () =>
      (await stack.pid('worker')) !== before ? true : null,
    );
    await until('the old one is gone', () => (isAlive(before) ? null : true));
    expect(await answerOf('broken')).toContain('one');
  });

  it('a graph that writes files below its project restarts nothing; a module that changes does', async () => {
    await until('no graph is broken any more', async () => {
      const { graphs } = JSON.parse(await readFile(join(stack.data, 'graphs.json'), 'utf8'));
      return Object.keys(graphs).length === 3 ? true : null;
    });
    const before = await stack.pid('worker');
    await answerOf('own');
    await write('output/second.md', 'report');
    await write('made.ts', 'export const b = 1;');
    // Were those noticed, they would be said before this is.
    await write('word.ts', `export const word = 'two';`);
    await isSaid('word.ts changed');
    expect(stack.output).not.toMatch(/(made\.ts|x\.json|report\.md|second\.md) changed/);
    await until('the worker is another one', async () =>
      (await stack.pid('worker')) !== before ? true : null,
    );
    await until('the old one is gone', () => (isAlive(before) ? null : true));
    expect(await answerOf('own')).toContain('two');
  });

  it('new runs are taken by the new worker while the old one still executes a step', async () => {
    const { body: long } = await api.call<Created>('POST', '/runs', {
      assistant_id: 'long',
      input: { messages: [{ role: 'user', content: 'go' }] },
    });
    await until('the step has begun', () => (existsSync(join(folder, 'begun')) ? true : null));
    await write('word.ts', `export const word = 'three';`);
    const first = await until('a new run has the new code', async () => {
      const run = await runOf('own');
      return run.messages.at(-1)?.content === `three ${stack.at.edge}/api` ? run : null;
    });
    await write('go-on', '');
    const done = await until('it is handed over', async () => {
      const run = await api.get(long.run_id);
      return run.finished_at === null ? null : run;
    });
    expect(done.messages.at(-1)?.content).toBe('three');
    const handedOver = (await api.events(long.run_id)).find(
      ({ type, seq }) => type === 'attempt.ended' || (type === 'attempt.started' && seq > 2),
    );
    expect(Date.parse(first.started_at ?? '')).toBeLessThan(handedOver?.at ?? 0);
  });
});
