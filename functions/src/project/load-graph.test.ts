import { MemorySaver } from '@langchain/langgraph';
import { isObject } from '@longrun/shared';
import { describe, expect, test } from 'vitest';
import { PATIENCE_MS } from '../../../test/support/patience.ts';
import { readProject } from './config.ts';
import { loadGraph } from './load-graph.ts';
import { ProjectLoader } from './loader.ts';
import type { FactoryArguments, ServedGraph } from './served-graph.ts';
import { project, saying } from './testing/project.ts';

const graphs = (exported: string) => ({ graphs: { g: `./graph.ts:${exported}` } });

async function serve(module: string, exported = 'graph', files: Record<string, string | object> = {}) {
  const folder = await project({ 'langgraph.json': graphs(exported), 'graph.ts': module, ...files });
  const { graphs: all } = await readProject(folder);
  const entry = all.get('g');
  if (entry === undefined) throw new Error('no graph');
  return (await loadGraph(new ProjectLoader({ folder, limitMs: PATIENCE_MS }), entry)).served;
}

const factory = (configurable: Record<string, unknown> = {}): FactoryArguments => ({
  config: { configurable },
  runtime: { accessContext: 'threads.create_run', executionRuntime: { context: 'ctx' } },
});

/** The last message of a run of the graph. */
async function said(served: ServedGraph, configurable = {}, checkpointer = new MemorySaver()) {
  const graph = await served.open(factory(configurable), { checkpointer });
  const config = { configurable: { thread_id: '1' } };
  for await (const _ of await graph.stream({ messages: [{ role: 'user', content: 'x' }] }, config));
  const { values } = await graph.getState(config);
  const messages: unknown = isObject(values) ? values['messages'] : undefined;
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  return typeof last === 'object' && last !== null && 'content' in last ? last.content : undefined;
}

describe('what a module may export', () => {
  const inner = saying("'hello'");
  test.each([
    ['a compiled graph', inner, 'graph'],
    ['a builder', inner.replace('.compile()', ''), 'graph'],
    ['a promise of a graph', `${inner} export const later = Promise.resolve(graph);`, 'later'],
    [
      'a graph with a config of its own',
      `${inner} export const own = graph.withConfig({ tags: ['a'] });`,
      'own',
    ],
    ['an agent, whose graph is within', `${inner} export const agent = { graph, stream() {} };`, 'agent'],
    ['the default export', `${inner} export default graph;`, 'default'],
    ['a function', `${inner} export const make = () => graph;`, 'make'],
    ['a function that makes an agent', `${inner} export const make = async () => ({ graph });`, 'make'],
    [
      'a graph within a graph',
      `${inner} export const outer = new StateGraph(MessagesAnnotation).addNode('in', graph).addEdge(START, 'in');`,
      'outer',
    ],
  ])('%s', async (_what, module, exported) => {
    expect(await said(await serve(module, exported))).toBe('hello');
  });

  test('a function is called for each run, with that run’s config and context', async () => {
    const served = await serve(
      `${saying("''")}
      import { StateGraph as S } from '@langchain/langgraph';
      let times = 0;
      export const make = (config, runtime) => {
        times += 1;
        const text = [times, config.configurable.model, runtime.accessContext, runtime.executionRuntime.context].join();
        return new S(MessagesAnnotation).addNode('a', () => ({ messages: [{ role: 'assistant', content: text }] }))
          .addEdge(START, 'a');
      };`,
      'make',
    );
    expect(await said(served, { model: 'm1' })).toBe('1,m1,threads.create_run,ctx');
    expect(await said(served, { model: 'm2' })).toBe('2,m2,threads.create_run,ctx');
  });

  test('runs at the same time have parts of their own, and the graph keeps its own', async () => {
    const served = await serve(saying("'hello'"));
    const [one, two] = [new MemorySaver(), new MemorySaver()];
    const a = await served.open(factory(), { checkpointer: one });
    const b = await served.open(factory(), { checkpointer: two });
    expect(Reflect.get(a, 'checkpointer')).toBe(one);
    expect(Reflect.get(b, 'checkpointer')).toBe(two);
    expect(Reflect.get(Object.getPrototypeOf(a), 'checkpointer')).toBeUndefined();
  });

  test('a CommonJS module', async () => {
    const module = saying('__dirname');
    expect(await said(await serve(module, 'graph', { 'package.json': {} }))).toMatch(/project-/);
  });
});

describe('what cannot be served says why, beginning with the file', () => {
  test.each([
    [
      'no such export',
      'export const a = 1; export const b = 2;',
      './graph.ts: there is no export "graph". It exports a, b.',
    ],
    ['no export at all', 'export {};', './graph.ts: there is no export "graph". It exports nothing.'],
    ['something else', 'export const graph = 7;', './graph.ts: "graph" is a number, not a LangGraph graph.'],
    ['null', 'export const graph = null;', './graph.ts: "graph" is null, not a LangGraph graph.'],
    ['a thrown object', 'throw { reason: "KEY" };', "./graph.ts: it threw { reason: 'KEY' }"],
    ['a thrown text', 'throw "no KEY";', './graph.ts: no KEY'],
    [
      'a missing package',
      'import "nowhere-to-be-found";',
      /^\.\/graph\.ts: Cannot find package 'nowhere-to-be-found'.*npm install/,
    ],
    ['a syntax error', 'export const = 1;', /^\.\/graph\.ts: .*graph\.ts:1/s],
  ])('%s', async (_what, module, message) => {
    await expect(serve(module)).rejects.toThrow(message);
  });

  test('no such file', async () => {
    const folder = await project({ 'langgraph.json': { graphs: { g: './none.ts:graph' } } });
    const entry = (await readProject(folder)).graphs.get('g');
    if (entry === undefined) throw new Error('no graph');
    const loading = loadGraph(new ProjectLoader({ folder, limitMs: 1_000 }), entry);
    await expect(loading).rejects.toThrow('./none.ts: there is no such file.');
  });
});
