import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { Client } from '@langchain/langgraph-sdk';
import { threadPath } from '@longrun/shared';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localReader } from '../../graph-reader/testing.ts';
import { serveApi, type ApiServer } from '../../http/testing.ts';
import type { RunTask } from '../../ports/task-queue.ts';
import { verifyRun } from '../runs/verify-run.ts';
import { Lab, UID } from '../testing/lab.ts';

/** Through the API, with LangGraph's own client and a real worker. */

const list = Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] });
const State = Annotation.Root({ does: Annotation<string>, file: Annotation<string>, log: list });
const inner = new StateGraph(State)
  .addNode('first', () => ({ log: ['inner'] }))
  .addNode('ask', ({ does }) => ({ log: [does === 'asks' ? String(interrupt('ok?')) : 'fine'] }))
  .addEdge(START, 'first')
  .addEdge('first', 'ask')
  .addEdge('ask', END)
  .compile();
const graph = new StateGraph(State)
  .addNode('say', async ({ does }, { signal }) => {
    if (does === 'holds') {
      await new Promise<void>((_, reject) =>
        signal?.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    }
    return { log: [`said ${does}`], ...(does === 'loads' ? { file: FILE } : {}) };
  })
  .addNode('sub', inner)
  .addEdge(START, 'say')
  .addEdge('say', 'sub')
  .addEdge('sub', END)
  .compile();
const GRAPH = 'research';
/** So large that it lies in documents of its own. */
const FILE = Array.from({ length: 200_000 }, (_, i) => i.toString(36)).join(' ');

let lab: Lab;
let api: ApiServer;
let client: Client;
const working = new Set<Promise<unknown>>();
beforeAll(async () => {
  const deliver = (task: RunTask) => {
    const done: Promise<unknown> = lab.worker.handle(task).finally(() => working.delete(done));
    working.add(done);
  };
  lab = new Lab({
    graph,
    queue: { enqueue: async (task) => void setImmediate(deliver, task), check: async () => {} },
  });
  api = await serveApi(lab, { reader: localReader(lab.store, graph) });
  client = new Client({ apiUrl: `${api.url}/api`, apiKey: null, callerOptions: { maxRetries: 0 } });
});
afterAll(async () => {
  await Promise.all(working);
  await api.close();
});

const newThread = async () => (await client.threads.create()).thread_id;
const run = (threadId: string, does: string, more: object = {}) =>
  client.runs.wait(threadId, GRAPH, { input: { does, log: [does] }, ...more });
const answer = (threadId: string) => client.runs.wait(threadId, GRAPH, { command: { resume: 'yes' } });
/** What a thread of which nothing was removed holds after the same. */
async function otherwise(...steps: string[]): Promise<unknown> {
  const threadId = await newThread();
  for (const does of steps) await (does === 'yes' ? answer(threadId) : run(threadId, does));
  return (await state(threadId)).values;
}
const prune = async (threadId: string) =>
  (await api.call('POST', '/threads/prune', { thread_ids: [threadId], strategy: 'keep_latest' })).body;
const state = async (threadId: string) =>
  await client.threads.getState<{ file: string; log: string[] }>(threadId);
async function stored(threadId: string): Promise<number> {
  const counts = await Promise.all(
    ['checkpoints', 'blobs'].map((name) =>
      lab.documents.count({ collection: `${threadPath(UID, threadId)}/${name}` }),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

test('the newest checkpoint stays, whole, and the thread goes on from it', async () => {
  const threadId = await newThread();
  await run(threadId, 'loads');
  for (const does of ['two', 'three']) await run(threadId, does);
  const before = await state(threadId);
  const documents = await stored(threadId);
  const [, older] = await client.threads.getHistory(threadId);
  expect(await prune(threadId)).toEqual({ pruned_count: 1 });
  const after = await state(threadId);
  expect({ ...after, parent_checkpoint: null }).toEqual({ ...before, parent_checkpoint: null });
  expect(after.values.file).toBe(FILE);
  const history = await client.threads.getHistory(threadId);
  expect(history.map(({ checkpoint }) => checkpoint.checkpoint_id)).toEqual([
    before.checkpoint.checkpoint_id,
  ]);
  expect(await stored(threadId)).toBeLessThan(documents / 2);
  const checkpointId = older?.checkpoint.checkpoint_id ?? '';
  await expect(client.threads.getState(threadId, checkpointId)).rejects.toMatchObject({ status: 404 });
  await expect(client.runs.create(threadId, GRAPH, { input: null, checkpointId })).rejects.toThrow(
    'has no checkpoint',
  );
  for (const does of ['four', 'five']) await run(threadId, does);
  const expected = await otherwise('loads', 'two', 'three', 'four', 'five');
  expect((await state(threadId)).values).toEqual(expected);
  expect(await prune(threadId)).toEqual({ pruned_count: 1 });
  expect((await state(threadId)).values).toEqual(expected);
  for (const { run_id } of await client.runs.list(threadId)) {
    const { findings = [] } = (await verifyRun(lab.documents, run_id, UID)) ?? {};
    expect(findings.flatMap(({ violations }) => violations ?? [])).toEqual([]);
  }
  const copy = await client.threads.copy(threadId);
  expect((await state(copy.thread_id)).values.file).toBe(FILE);
  await client.threads.delete(threadId);
  expect(await stored(threadId)).toBe(0);
});

test('what a run asks, in a graph within it as well, is answered as ever', async () => {
  const threadId = await newThread();
  await run(threadId, 'loads');
  await run(threadId, 'asks');
  expect(await client.threads.get(threadId)).toMatchObject({ status: 'interrupted' });
  expect(await prune(threadId)).toEqual({ pruned_count: 1 });
  expect((await state(threadId)).tasks[0]?.interrupts).toMatchObject([{ value: 'ok?' }]);
  await answer(threadId);
  expect((await state(threadId)).values).toEqual(await otherwise('loads', 'asks', 'yes'));
});

test('a run that asks can still be undone by another one', async () => {
  const threadId = await newThread();
  await run(threadId, 'one');
  await run(threadId, 'asks');
  await prune(threadId);
  await run(threadId, 'two', { multitaskStrategy: 'rollback' });
  expect((await state(threadId)).values).toEqual(await otherwise('one', 'two'));
});

test('while a run goes on, nothing is removed', async () => {
  const threadId = await newThread();
  await run(threadId, 'one');
  const { run_id } = await client.runs.create(threadId, GRAPH, { input: { does: 'holds' } });
  expect(await prune(threadId)).toEqual({ pruned_count: 0 });
  expect((await client.threads.getHistory(threadId)).length).toBeGreaterThan(1);
  await client.runs.cancel(threadId, run_id, true);
  expect(await prune('nobody')).toEqual({ pruned_count: 0 });
});

test('a run that begins meanwhile, from any checkpoint, ends it', async () => {
  const threadId = await newThread();
  await run(threadId, 'one');
  const history = await client.threads.getHistory(threadId);
  const checkpointId = history.at(-2)?.checkpoint.checkpoint_id ?? '';
  const { commit } = lab.documents;
  const started: Promise<unknown>[] = [];
  lab.documents.commit = async (writes) => {
    const removes = writes.some(({ op, path }) => op === 'delete' && path.includes('/checkpoints/'));
    if (removes && started.length === 0) {
      started.push(client.runs.create(threadId, GRAPH, { input: null, checkpointId }));
      await started[0];
    }
    return await commit.call(lab.documents, writes);
  };
  try {
    expect(await prune(threadId)).toEqual({ pruned_count: 0 });
  } finally {
    lab.documents.commit = commit;
  }
  await expect
    .poll(async () => (await client.threads.get(threadId)).status, { timeout: 60_000 })
    .toBe('idle');
  expect((await client.threads.getHistory(threadId)).length).toBeGreaterThan(history.length);
});
