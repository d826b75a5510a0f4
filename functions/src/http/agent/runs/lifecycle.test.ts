import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { Client } from '@langchain/langgraph-sdk';
import { runPath, threadPath } from '@longrun/shared';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localReader } from '../../../graph-reader/testing.ts';
import type { RunTask } from '../../../ports/task-queue.ts';
import { Lab, UID } from '../../../runtime/testing/lab.ts';
import { serveApi, type ApiServer } from '../../testing.ts';

/** LangGraph's own client, unchanged, and a real worker. */

const State = Annotation.Root({
  does: Annotation<string>,
  said: Annotation<unknown>,
  ids: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
});
const graph = new StateGraph(State)
  .addNode('work', async ({ does }, { signal, configurable }) => {
    if (does === 'holds') {
      await new Promise<void>((_, reject) =>
        signal?.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    }
    return { said: does === 'asks' ? interrupt('ok?') : 'done', ids: [String(configurable?.['run_id'])] };
  })
  .addNode('after', (_, { configurable }) => ({ ids: [String(configurable?.['run_id'])] }))
  .addEdge(START, 'work')
  .addEdge('work', 'after')
  .addEdge('after', END)
  .compile();
const GRAPH = 'research';

let lab: Lab;
let api: ApiServer;
let client: Client;
let delivers = true;
const working = new Set<Promise<unknown>>();
const held: RunTask[] = [];
beforeAll(async () => {
  lab = new Lab({
    graph,
    queue: {
      enqueue: async (task) => void (delivers ? setImmediate(deliver, task) : held.push(task)),
      check: async () => {},
    },
  });
  api = await serveApi(lab, { reader: localReader(lab.store, graph) });
  client = new Client({ apiUrl: `${api.url}/api`, apiKey: null, callerOptions: { maxRetries: 0 } });
});
afterAll(async () => {
  await Promise.all(working);
  await api.close();
});
function deliver(task: RunTask): void {
  const done: Promise<unknown> = lab.worker.handle(task).finally(() => working.delete(done));
  working.add(done);
}
const status = async (threadId: string) => (await client.threads.get(threadId)).status;
const newThread = async () => (await client.threads.create()).thread_id;
const begun = (threadId: string, runId: string) =>
  expect
    .poll(async () => (await client.runs.get(threadId, runId)).status, { timeout: 60_000 })
    .toBe('running');

describe('cancelling', () => {
  test('what was said as the reason is shown on the run that was cancelled', async () => {
    const threadId = await newThread();
    const { run_id } = await client.runs.create(threadId, GRAPH, { input: { does: 'holds' } });
    await begun(threadId, run_id);
    const path = `/threads/${threadId}/runs/${run_id}`;
    await api.call('POST', `${path}/cancel?wait=1&reason=${encodeURIComponent('no longer needed')}`);
    const { body } = await api.call<{ status: string; cancel_reason?: string }>('GET', path);
    expect(body).toMatchObject({ status: 'interrupted', cancel_reason: 'no longer needed' });
    const other = await client.runs.create(threadId, GRAPH, { input: { does: 'holds' } });
    await client.runs.cancel(threadId, other.run_id, true);
    expect(await client.runs.get(threadId, other.run_id)).not.toHaveProperty('cancel_reason');
  });
});

describe('a run without a thread, of which nothing is to stay', () => {
  const alone = async (does: string, on_completion: 'delete' | 'keep') => {
    const body = { assistant_id: GRAPH, input: { does }, on_completion };
    return (await api.call<{ run_id: string; thread_id: string }>('POST', '/runs', body)).body;
  };

  test('is gone at its end with its thread, when nobody waits for its result', async () => {
    const made = await alone('ends', 'delete');
    const paths = [runPath(UID, made.run_id), threadPath(UID, made.thread_id)];
    await expect.poll(() => lab.documents.get(paths), { timeout: 60_000 }).toEqual([undefined, undefined]);
  });

  test('stays when it was to be kept, and while it asks', async () => {
    const kept = await alone('ends', 'keep');
    const asks = await alone('asks', 'delete');
    await expect.poll(() => status(kept.thread_id), { timeout: 60_000 }).toBe('idle');
    await expect.poll(() => status(asks.thread_id), { timeout: 60_000 }).toBe('interrupted');
    await Promise.all(working);
    expect(await client.runs.get(kept.thread_id, kept.run_id)).toMatchObject({ status: 'success' });
  });

  test('whoever waits gets its result', async () => {
    const body = { assistant_id: GRAPH, input: { does: 'ends' }, on_completion: 'delete' };
    expect((await api.call('POST', '/runs/wait', body)).body).toMatchObject({ said: 'done' });
  });
});

describe('a thread on which a run waits', () => {
  test('is busy also between the end of one run and the begin of the next, unless that has ended, too', async () => {
    const threadId = await newThread();
    const first = await client.runs.create(threadId, GRAPH, { input: { does: 'holds' } });
    await begun(threadId, first.run_id);
    const options = { input: { does: 'ends' }, multitaskStrategy: 'enqueue' } as const;
    const second = await client.runs.create(threadId, GRAPH, options);
    delivers = false;
    await client.runs.cancel(threadId, first.run_id, true);
    const [stored] = await lab.documents.get([threadPath(UID, threadId)]);
    expect(stored?.fields).toMatchObject({ status: 'idle', active_run_id: null });
    expect(await status(threadId)).toBe('busy');
    const found = await client.threads.search({ ids: [threadId], status: 'busy' });
    expect(found.map(({ thread_id }) => thread_id)).toEqual([threadId]);
    await client.runs.cancel(threadId, second.run_id, true);
    expect(await status(threadId)).toBe('idle');
    delivers = true;
    held.splice(0).forEach(deliver);
  });
});

test('the graph, the checkpoints and the client know a turn by the same id', async () => {
  const threadId = await newThread();
  const { run_id: first } = await client.runs.create(threadId, GRAPH, { input: { does: 'asks' } });
  await expect.poll(() => status(threadId), { timeout: 60_000 }).toBe('interrupted');
  const { run_id: second } = await client.runs.create(threadId, GRAPH, { command: { resume: 'yes' } });
  await expect.poll(() => status(threadId), { timeout: 60_000 }).toBe('idle');
  expect(second).not.toBe(first);
  const history = await client.threads.getHistory<{ ids: string[] }>(threadId);
  expect(history[0]?.values.ids).toEqual([second, second]);
  const named = history.map(({ metadata }) => (metadata as { run_id: string }).run_id);
  expect(named).toEqual([second, second, first, first]);
  // What a task returned is found in the log, whatever the turn.
  expect(history[1]?.tasks[0]).toMatchObject({ name: 'after', result: { ids: [second] } });
});

describe('a checkpoint that is not there', () => {
  test('nothing is started or changed, and nothing read', async () => {
    const threadId = await newThread();
    const id = randomUUID();
    const missing = expect.objectContaining({ status: 404 });
    await expect(client.threads.getState(threadId, id)).rejects.toEqual(missing);
    await client.runs.wait(threadId, GRAPH, { input: { does: 'ends' } });
    const start = client.runs.create(threadId, GRAPH, { input: {}, checkpointId: id });
    await expect(start).rejects.toThrow(`has no checkpoint ${id}`);
    await expect(client.threads.getState(threadId, id)).rejects.toEqual(missing);
    const update = client.threads.updateState(threadId, { values: { said: 'x' }, checkpointId: id });
    await expect(update).rejects.toEqual(missing);
    expect(await client.runs.list(threadId)).toHaveLength(1);
    const params = { assistant_id: GRAPH, input: {}, config: { configurable: { checkpoint_id: id } } };
    const { body } = await api.call('POST', `/threads/${threadId}/commands`, {
      id: 1,
      method: 'run.start',
      params,
    });
    expect(body).toMatchObject({ type: 'error', error: 'no_such_checkpoint' });
  });

  test('one of the past is where a run sets out', async () => {
    const threadId = await newThread();
    await client.runs.wait(threadId, GRAPH, { input: { does: 'ends' } });
    const history = await client.threads.getHistory(threadId);
    const checkpointId = history[1]?.checkpoint.checkpoint_id ?? '';
    await client.runs.wait(threadId, GRAPH, { input: null, checkpointId });
    expect(await client.runs.list(threadId)).toHaveLength(2);
  });
});

test('JSON that comes as text is read as JSON', async () => {
  const type = { 'content-type': 'text/plain;charset=UTF-8' };
  expect((await api.call('POST', '/threads', '{"metadata":{"a":1}}', type)).body).toMatchObject({
    metadata: { a: 1 },
  });
  const wrong = await api.call('POST', '/threads', '{', type);
  expect([wrong.status, wrong.body]).toMatchObject([400, { error: { code: 'invalid_request' } }]);
  const other = await api.call('POST', '/threads', '<a/>', { 'content-type': 'text/xml' });
  expect(other.status).toBe(415);
});
