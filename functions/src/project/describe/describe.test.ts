import { describe, expect, test } from 'vitest';
import { readProject } from '../config.ts';
import { project, saying } from '../testing/project.ts';
import { describeGraphs } from './describe.ts';
import type { Description } from './description.ts';

const GOOD = saying("'good'");
/** A process that loads LangGraph takes seconds on a busy machine. Milliseconds. */
const SLOW = { timeout: 600_000 };

/** Each of these modules is a graph. */
async function describeAll(all: Record<string, string>, limitMs = SLOW.timeout, exported = 'graph') {
  const folder = await project({
    'langgraph.json': {
      graphs: Object.fromEntries(
        Object.keys(all).map((id) => [id, `./${id}.ts:${id === 'good' ? 'graph' : exported}`]),
      ),
    },
    ...Object.fromEntries(Object.entries(all).map(([id, text]) => [`${id}.ts`, text])),
  });
  const found: Record<string, Description> = {};
  const files = new Set<string>();
  await describeGraphs({
    project: await readProject(folder),
    ids: Object.keys(all),
    limitMs,
    onDescribed: (description) => {
      found[description.id] = description;
    },
    onFile: (file) => files.add(file),
  });
  const reasons = Object.fromEntries(Object.entries(found).map(([id, { error }]) => [id, error?.message]));
  return { found, files, reasons };
}

/** With a good one after them. */
async function described(modules: Record<string, string>, exported?: string) {
  const all = await describeAll({ ...modules, good: GOOD }, undefined, exported);
  expect(all.found['good']).toMatchObject({ steps: { say: 'Say' }, langgraph: expect.any(String) });
  expect(all.found['good']?.error).toBeUndefined();
  return all;
}

describe(
  'a module that takes its process down is listed with the reason, and the others are described',
  SLOW,
  () => {
    test('throws, ends the process, or does so later', async () => {
      const { reasons, files } = await described({
        throws: `throw new Error('KEY is missing');`,
        object: `throw { code: 7 };`,
        later: `setTimeout(() => { throw new Error('no server'); }, 50); ${GOOD}`,
        rejects: `void Promise.resolve().then(() => { throw new Error('no server'); }); ${GOOD}`,
        exits: `console.error('KEY is missing'); process.exit(3);`,
        leaves: `setTimeout(() => process.exit(4), 50); ${GOOD}`,
        killed: `process.kill(process.pid, 'SIGKILL');`,
      });
      expect(reasons).toEqual({
        throws: './throws.ts: KEY is missing',
        object: './object.ts: it threw { code: 7 }',
        later: './later.ts: after it was imported: no server',
        rejects: './rejects.ts: after it was imported: no server',
        exits: './exits.ts: it ended the process (exit code 3). It printed last: KEY is missing',
        leaves: './leaves.ts: it ended the process (exit code 4).',
        killed: './killed.ts: it ended the process (SIGKILL).',
        good: undefined,
      });
      expect(files.size).toBe(8);
    });

    test('waits for ever, or keeps the processor', async () => {
      const modules = {
        waits: 'await new Promise(() => setInterval(() => undefined, 1_000));',
        turns: 'for (;;);',
        last: `throw new Error('was tried');`,
      };
      const { reasons } = await describeAll(modules, 5_000);
      expect(reasons['waits']).toContain('./waits.ts: it was not loaded within 5 s.');
      expect(reasons['turns']).toContain('./turns.ts: it was not loaded within 5 s.');
      expect(reasons['last']).toBe('./last.ts: was tried');
    });
  },
);

describe('what is told of a graph', SLOW, () => {
  test('its schemas, where zod knows them, and its drawing', async () => {
    const { found } = await described({
      bad: `
      import { END, START, StateGraph } from '@langchain/langgraph';
      import * as z from 'zod';
      export const graph = new StateGraph(z.object({ topic: z.string() }), z.object({ who: z.string() }))
        .addNode('write', () => ({})).addEdge(START, 'write').addEdge('write', END).compile();
      export const meta = { title: 'Mine', description: 'Writes.', examples: ['cats'], steps: { write: 'Writing' } };`,
    });
    expect(found['bad']).toMatchObject({
      title: 'Mine',
      description: 'Writes.',
      examples: ['cats'],
      steps: { write: 'Writing' },
      input_schema: { properties: { topic: { type: 'string' } } },
      state_schema: { properties: { topic: { type: 'string' } } },
      context_schema: { properties: { who: { type: 'string' } } },
      channels: ['topic'],
      drawing: {
        edges: [
          { source: '__start__', target: 'write' },
          { source: 'write', target: '__end__' },
        ],
      },
    });
    expect(found['bad']?.error).toBeUndefined();
  });

  test('a function is called without a run to describe its graph', async () => {
    const make =
      'export const make = (config, runtime) => { if (runtime.accessContext !== "assistants.read") throw 1; return graph; };';
    const { found } = await described({ bad: `${GOOD} ${make}` }, 'make');
    expect(found['bad']?.steps).toEqual({ say: 'Say' });
  });

  test('a function that needs a run’s config can be run all the same', async () => {
    const make =
      'export const make = (config) => { throw new Error(`no tenant ${config.configurable.tenant}`); };';
    const { found } = await described({ bad: `${GOOD} ${make}` }, 'make');
    expect(found['bad']?.error).toBeUndefined();
    expect(found['bad']?.note).toContain('no tenant undefined');
  });
});
