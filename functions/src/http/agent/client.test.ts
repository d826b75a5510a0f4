import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import type { Client } from '@langchain/langgraph-sdk';
import { beforeAll, describe, expect, test } from 'vitest';
import { useServedGraph } from './testing/served-graph.ts';

/** LangGraph's own client, unchanged, and a real worker. */

const State = Annotation.Root({
  n: Annotation<number>,
  does: Annotation<string>,
  said: Annotation<unknown>,
});
/** Resolves the step of a run that `holds`. */
let release = (): void => {};
const graph = new StateGraph(State)
  .addNode('work', async ({ does, n = 0 }, { signal }) => {
    if (does === 'fails') throw new TypeError('boom');
    if (does === 'holds') {
      await new Promise<void>((resolve, reject) => {
        release = resolve;
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      });
    }
    return does === 'asks' ? { said: interrupt({ question: 'ok?' }) } : { n: n + 1 };
  })
  .addEdge(START, 'work')
  .addEdge('work', END)
  .compile();

const served = useServedGraph(graph, () => release());
const { lab } = served;
let client: Client;
beforeAll(() => {
  ({ client } = served);
});

const GRAPH = 'research';
const thread = async () => (await client.threads.create()).thread_id;
const until = async (threadId: string, runId: string, status: string) =>
  await expect.poll(async () => (await client.runs.get(threadId, runId)).status).toBe(status);

type Part = { event: string; data: unknown; id?: string | undefined };

async function read(stream: AsyncIterable<Part>, parts: Part[] = []): Promise<Part[]> {
  for await (const part of stream) parts.push(part);
  return parts;
}

describe('a run', () => {
  test('is created, and joined for its values', async () => {
    const threadId = await thread();
    const seen: unknown[] = [];
    const run = await client.runs.create(threadId, GRAPH, {
      input: { n: 1 },
      metadata: { m: 1 },
      onRunCreated: (created) => seen.push(created),
    });
    expect(run).toMatchObject({
      thread_id: threadId,
      status: 'pending',
      multitask_strategy: 'reject',
      metadata: { created_by: 'system', graph_id: GRAPH, m: 1 },
      kwargs: { input: { n: 1 } },
    });
    expect(run.assistant_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/);
    expect(seen).toEqual([{ run_id: run.run_id, thread_id: threadId }]);
    expect(await client.runs.join(threadId, run.run_id)).toEqual({ n: 2 });
    expect(await client.runs.get(threadId, run.run_id)).toMatchObject({ status: 'success' });
  });

  test('by the id of its assistant is the same', async () => {
    const first = await client.runs.create(null, GRAPH, { input: { n: 1 } });
    const second = await client.runs.create(null, first.assistant_id, { input: { n: 5 } });
    expect(second.assistant_id).toBe(first.assistant_id);
    expect(await client.runs.join(second.thread_id, second.run_id)).toEqual({ n: 6 });
    await expect(client.runs.create(null, 'nothing', {})).rejects.toThrow(/No assistant found for/);
  });

  test('is waited for', async () => {
    expect(await client.runs.wait(await thread(), GRAPH, { input: { n: 1 } })).toEqual({ n: 2 });
    expect(await client.runs.wait(null, GRAPH, { input: { n: 7 } })).toEqual({ n: 8 });
  });

  test('fails where it is waited for', async () => {
    const input = { does: 'fails' };
    await expect(client.runs.wait(null, GRAPH, { input })).rejects.toThrow('TypeError: boom');
    expect(await client.runs.wait(null, GRAPH, { input, raiseError: false })).toEqual({
      __error__: { error: 'TypeError', message: 'boom' },
    });
  });

  test('without its thread is refused, or makes it', async () => {
    const threadId = '0199d4c5-6a3e-7000-8000-0123456789ab';
    await expect(client.runs.create(threadId, GRAPH, {})).rejects.toThrow(/HTTP 404/);
    const run = await client.runs.create(threadId, GRAPH, { input: {}, ifNotExists: 'create' });
    expect(run.thread_id).toBe(threadId);
    await client.runs.join(threadId, run.run_id);
  });

  test('on a thread at work is refused', async () => {
    const threadId = await thread();
    const run = await client.runs.create(threadId, GRAPH, { input: { does: 'holds' } });
    await until(threadId, run.run_id, 'running');
    await expect(client.runs.create(threadId, GRAPH, { input: {} })).rejects.toThrow(/HTTP 409/);
    await client.runs.cancel(threadId, run.run_id, true);
  });

  test('several are started at once', async () => {
    const made = await client.runs.createBatch([
      { assistantId: GRAPH, input: { n: 1 }, multitaskStrategy: 'enqueue' },
      { assistantId: GRAPH, input: { n: 2 } },
    ]);
    expect(made).toMatchObject([{ multitask_strategy: 'enqueue' }, { kwargs: { input: { n: 2 } } }]);
    const results = made.map(({ thread_id, run_id }) => client.runs.join(thread_id, run_id));
    expect(await Promise.all(results)).toEqual([{ n: 2 }, { n: 3 }]);
  });
});

describe('a list of runs', () => {
  test('is newest first, in parts, by status, and only what is selected', async () => {
    const threadId = await thread();
    const ids: string[] = [];
    for (const n of [1, 2, 3]) {
      const { run_id } = await client.runs.create(threadId, GRAPH, { input: { n } });
      await client.runs.join(threadId, run_id);
      ids.unshift(run_id);
    }
    const idsOf = async (options: object) =>
      (await client.runs.list(threadId, options)).map(({ run_id }) => run_id);
    expect(await idsOf({ limit: 1_000 })).toEqual(ids);
    expect(await idsOf({ limit: 1, offset: 1 })).toEqual(ids.slice(1, 2));
    expect(await idsOf({ status: 'success' })).toEqual(ids);
    expect(await idsOf({ status: 'pending' })).toEqual([]);
    expect(await client.runs.list(threadId, { limit: 1, select: ['run_id', 'status'] })).toEqual([
      { run_id: ids[0], status: 'success' },
    ]);
    await expect(client.runs.list('nowhere')).rejects.toThrow(/HTTP 404/);
  });

  test('a run that is deleted is in it no more', async () => {
    const threadId = await thread();
    const { run_id } = await client.runs.create(threadId, GRAPH, { input: {} });
    await client.runs.join(threadId, run_id);
    await client.runs.delete(threadId, run_id);
    expect(await client.runs.list(threadId)).toEqual([]);
    await expect(client.runs.get(threadId, run_id)).rejects.toThrow(/HTTP 404/);
  });
});

describe('cancelling', () => {
  const held = async () => {
    const threadId = await thread();
    const { run_id: runId } = await client.runs.create(threadId, GRAPH, { input: { does: 'holds' } });
    await until(threadId, runId, 'running');
    return { threadId, runId };
  };

  test.each([true, false])('interrupts it (wait: %s), and the thread is free', async (wait) => {
    const { threadId, runId } = await held();
    expect(await client.runs.cancel(threadId, runId, wait)).toBeUndefined();
    await until(threadId, runId, 'interrupted');
    expect(await client.runs.wait(threadId, GRAPH, { input: { n: 1, does: 'ends' } })).toMatchObject({
      n: 2,
    });
    // Once more changes nothing.
    expect(await client.runs.cancel(threadId, runId, true)).toBeUndefined();
  });

  test('rolls it back: it is gone, with its checkpoints', async () => {
    const { threadId, runId } = await held();
    await client.runs.cancel(threadId, runId, true, 'rollback');
    await expect(client.runs.get(threadId, runId)).rejects.toThrow(/HTTP 404/);
    const left = await lab.documents.query({ collection: `users/ada/threads/${threadId}/checkpoints` });
    expect(left).toEqual([]);
    expect(await client.runs.wait(threadId, GRAPH, { input: { n: 1 } })).toEqual({ n: 2 });
  });

  test('ends several at once', async () => {
    const [one, other] = [await held(), await held()];
    await client.runs.cancelMany({ runIds: [one.runId, other.runId], action: 'interrupt' });
    await until(one.threadId, one.runId, 'interrupted');
    await until(other.threadId, other.runId, 'interrupted');
    const third = await held();
    await client.runs.cancelMany({ threadId: third.threadId, status: 'all' });
    await until(third.threadId, third.runId, 'interrupted');
  });

  test('a reader that leaves takes the run along when it asked for that', async () => {
    const threadId = await thread();
    const leaving = new AbortController();
    const ids: string[] = [];
    const reading = read(
      client.runs.stream(threadId, GRAPH, {
        input: { does: 'holds' },
        onDisconnect: 'cancel',
        signal: leaving.signal,
        onRunCreated: ({ run_id }) => ids.push(run_id),
      }),
    );
    await expect.poll(() => ids.length).toBe(1);
    await until(threadId, ids[0] ?? '', 'running');
    leaving.abort();
    await reading.catch(() => {});
    await until(threadId, ids[0] ?? '', 'interrupted');
  });
});

describe('a stream', () => {
  test('begins with metadata, tells the state, and ends', async () => {
    const threadId = await thread();
    const ids: string[] = [];
    const parts = await read(
      client.runs.stream(threadId, GRAPH, {
        input: { n: 1 },
        streamMode: ['values'],
        onRunCreated: ({ run_id }) => ids.push(run_id),
      }),
    );
    const [run_id] = ids;
    expect(parts[0]).toMatchObject({ event: 'metadata', data: { run_id, attempt: 1, thread_id: threadId } });
    expect(parts.at(-2)).toMatchObject({ event: 'values', data: { n: 2 } });
    expect(parts.at(-1)).toMatchObject({ event: 'end', data: { run_id, status: 'success' } });
    expect(parts.every(({ id }) => typeof id === 'string')).toBe(true);
  });

  test('of a run that fails ends with its error', async () => {
    const parts = await read(client.runs.stream(null, GRAPH, { input: { does: 'fails' } }));
    expect(parts.at(-1)).toMatchObject({ event: 'error', data: { error: 'TypeError', message: 'boom' } });
  });

  test('is joined: everything, what follows an event, what comes from now on', async () => {
    const threadId = await thread();
    const { run_id } = await client.runs.create(threadId, GRAPH, { input: { does: 'holds', n: 1 } });
    await until(threadId, run_id, 'running');
    const seen: { live: Part[]; all: Part[] } = { live: [], all: [] };
    const live = read(client.runs.joinStream(threadId, run_id), seen.live);
    const all = read(client.runs.joinStream(threadId, run_id, { lastEventId: '-1' }), seen.all);
    await expect.poll(() => [seen.live.length, seen.all.length]).toEqual([1, 1]);
    release();
    for (const parts of [await live, await all]) {
      expect(parts.map(({ event }) => event)).toEqual(['metadata', 'values', 'end']);
    }
    const again = await read(client.runs.joinStream(threadId, run_id, { lastEventId: '-1' }));
    expect(again).toEqual(await all);
    const lastEventId = again.at(-2)?.id ?? '';
    expect(await read(client.runs.joinStream(threadId, run_id, { lastEventId }))).toEqual(again.slice(-1));
    // It has ended, and nothing comes from now on.
    expect(await read(client.runs.joinStream(threadId, run_id))).toEqual([]);
    expect(await read(client.runs.joinStream(null, run_id, { lastEventId: '-1' }))).toEqual(again);
  });
});

describe('a run that asks', () => {
  const asking = async () => {
    const threadId = await thread();
    const asked = await client.runs.wait(threadId, GRAPH, { input: { does: 'asks', n: 1 } });
    return { threadId, asked };
  };

  test('has ended with the question; the answer is a run of its own', async () => {
    const { threadId, asked } = await asking();
    expect(asked).toEqual({ __interrupt__: [{ id: expect.any(String), value: { question: 'ok?' } }] });
    const answered = await client.runs.create(threadId, GRAPH, { command: { resume: 'yes' } });
    expect(answered).toMatchObject({ kwargs: { command: { resume: 'yes' } } });
    expect(await client.runs.join(threadId, answered.run_id)).toMatchObject({ said: 'yes' });
    const [second, first] = await client.runs.list(threadId);
    expect([second?.run_id, second?.status, first?.status]).toEqual([answered.run_id, 'success', 'success']);
    expect(first?.run_id).not.toBe(second?.run_id);
    // What the first run asked is still what it ended with.
    expect(await client.runs.join(threadId, first?.run_id ?? '')).toEqual(asked);
  });

  test('its stream ends with the question, and that of the answer has the rest', async () => {
    const threadId = await thread();
    const first = await read(client.runs.stream(threadId, GRAPH, { input: { does: 'asks' } }));
    const __interrupt__ = [{ id: expect.any(String), value: { question: 'ok?' } }];
    expect(first.at(-2)).toMatchObject({ event: 'values', data: { __interrupt__ } });
    expect(first.at(-1)).toMatchObject({ event: 'end', data: { status: 'success' } });
    const second = await read(client.runs.stream(threadId, GRAPH, { command: { resume: { a: 1 } } }));
    expect(second[0]?.event).toBe('metadata');
    expect(second.at(-2)).toMatchObject({ event: 'values', data: { said: { a: 1 } } });
    const [last, before] = await client.runs.list(threadId);
    expect([second[0]?.data, first[0]?.data]).toMatchObject([
      { run_id: last?.run_id },
      { run_id: before?.run_id },
    ]);
    const replayed = await read(
      client.runs.joinStream(threadId, before?.run_id ?? '', { lastEventId: '-1' }),
    );
    expect(replayed).toEqual(first);
  });

  test('a new input ends it', async () => {
    const { threadId } = await asking();
    expect(await client.runs.wait(threadId, GRAPH, { input: { n: 4, does: 'ends' } })).toMatchObject({
      n: 5,
    });
    expect(await client.threads.get(threadId)).toMatchObject({ status: 'idle' });
  });

  test('a cancel leaves the question open; deleting the run gives it up', async () => {
    const { threadId } = await asking();
    const [run] = await client.runs.list(threadId);
    await client.runs.cancel(threadId, run?.run_id ?? '', true);
    expect(await client.threads.get(threadId)).toMatchObject({ status: 'interrupted' });
    await client.runs.delete(threadId, run?.run_id ?? '');
    expect(await client.runs.list(threadId)).toEqual([]);
  });
});
