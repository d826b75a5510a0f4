import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Firestore } from '@google-cloud/firestore';
import { threadPath } from '@longrun/shared';
import { expect, onTestFinished, test } from 'vitest';
import { startFirestore } from '../../../infra/local/firestore/server.ts';
import { firestoreDocuments } from '../adapters/firestore/documents.ts';
import { project } from '../project/testing/project.ts';
import { processReader } from './process-reader.ts';

const MODULE = `
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
const State = Annotation.Root({ n: Annotation });
const made = (name) => new StateGraph(State)
  .addNode(name, () => ({ n: 1 }))
  .addNode('last', () => ({ n: 2 }))
  .addEdge(START, name).addEdge(name, 'last').addEdge('last', END);
export const good = made('good');
export const acts = ({ configurable: { act, name = 'nameless' } }) => {
  if (act === 'exit') process.exit(3);
  if (act === 'throw') throw new Error('KEY is missing');
  if (act === 'throw later') setTimeout(() => { throw new Error('stray'); });
  while (act === 'turn') continue;
  return made(name).compile();
};
`;
const acting = (act: string) => ({ graphId: 'acts', config: { configurable: { act } } });
/** A process that loads LangGraph takes seconds, and on a busy machine many. Milliseconds. */
const SLOW = 600_000;

/** A reader of the project with a storage of its own, on which there is a thread. */
async function open(limits: { callMs?: number } = {}) {
  const folder = await project({
    'langgraph.json': {
      graphs: {
        good: './graphs.js:good',
        acts: './graphs.js:acts',
        broken: './broken.js:graph',
      },
    },
    'graphs.js': MODULE,
    'broken.js': `throw new Error('no such server');`,
  });
  const server = await startFirestore();
  const host = `127.0.0.1:${server.port}`;
  const customHeaders = { Authorization: 'Bearer owner' };
  const db = new Firestore({ projectId: 'demo-local', host, ssl: false, customHeaders });
  const reader = processReader({
    loadMs: SLOW,
    callMs: limits.callMs ?? SLOW,
    program: [fileURLToPath(new URL('../http/index.ts', import.meta.url))],
    env: {
      ...process.env,
      GOOGLE_CLOUD_PROJECT: 'demo-local',
      FIRESTORE_EMULATOR_HOST: host,
      WORKER_URL: 'http://127.0.0.1:1/',
      LANGGRAPH_CONFIG: folder,
      GRAPHS_FILE: join(folder, 'described.json'),
      GRAPH_LOAD_TIMEOUT_S: '300',
      TRACING: 'off',
    },
  });
  onTestFinished(async () => {
    reader.close();
    await db.terminate();
    await server.close();
  });
  const thread = { path: threadPath('ada', 'talk'), fields: { thread_id: 'talk' } };
  await firestoreDocuments(db).commit([{ op: 'create', ...thread }]);
  return reader;
}

test(
  'a process of its own loads the project and answers: it edits a state, reads it, and draws',
  { timeout: SLOW },
  async () => {
    const reader = await open();
    const made = await reader.update('ada', 'talk', {
      graphId: 'good',
      supersteps: [{ updates: [{ values: { n: 7 }, as_node: 'good' }] }],
    });
    expect(made.next).toEqual(['last']);
    expect(await reader.state('ada', 'talk', { graphId: 'good' })).toMatchObject({
      values: { n: 7 },
      checkpoint: made.checkpoint,
    });
    // What a run's config says decides what a function makes.
    const drawing = await reader.graph('acts', { configurable: { name: 'chosen' } }, false);
    expect(drawing.nodes).toContainEqual(expect.objectContaining({ id: 'chosen' }));
  },
);

test(
  "users' code that throws or ends the process -> an error of its own call; all others are answered",
  { timeout: SLOW },
  async () => {
    const reader = await open();
    const calls = [
      acting('exit'),
      { graphId: 'good' },
      acting('throw'),
      acting('throw later'),
      { graphId: 'broken' },
      { graphId: 'nobody' },
    ].map((of) => reader.state('ada', 'talk', of).catch((error: unknown) => error));
    const ended = { code: 'graph_error', message: expect.stringContaining('exit code 3') };
    const empty = { values: {}, checkpoint: null };
    expect(await Promise.all(calls)).toMatchObject([
      ended,
      empty,
      { code: 'graph_error', message: 'KEY is missing' },
      empty,
      { code: 'graph_broken', message: expect.stringContaining('no such server') },
      { code: 'unknown_graph' },
    ]);
    expect(await reader.schemas('good')).toEqual({ graph_id: 'good' });
  },
);

test(
  'a call that keeps the process busy ends with it, and the next one is answered',
  { timeout: SLOW },
  async () => {
    const reader = await open({ callMs: 20_000 });
    await reader.schemas('good');
    await expect(reader.state('ada', 'talk', acting('turn'))).rejects.toMatchObject({
      code: 'graph_error',
      message: expect.stringContaining('20 s'),
    });
    expect(await reader.schemas('good')).toEqual({ graph_id: 'good' });
  },
);
