import { AIMessage } from '@langchain/core/messages';
import { Annotation, END, entrypoint, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { jsonBytes, OUTPUT_LIMIT, threadPath, type Json, type Run } from '@longrun/shared';
import { describe, expect, test } from 'vitest';
import { deleteThreadDocuments } from '../runtime/saver/threads.ts';
import { Lab, UID } from '../runtime/testing/lab.ts';
import { serveApi } from './testing.ts';

const text = (bytes: number) => 'x'.repeat(bytes);

/** An ended run of the graph, and the API that tells of it. */
async function ended(graph: unknown, input: Json) {
  const lab = new Lab({ graph });
  const api = await serveApi(lab);
  const run = await lab.work(await lab.create({ input }));
  expect(run.status).toBe('completed');
  const get = async <T>(path = '') => {
    const { status, body } = await api.call<T>('GET', `/runs/${run.run_id}${path}`);
    return { status, body };
  };
  return { lab, api, run, get };
}

const writer = () => {
  const State = Annotation.Root({
    out: Annotation<string>,
    n: Annotation<number>,
    list: Annotation<unknown>,
  });
  return new StateGraph(State)
    .addNode('a', () => ({ n: 1 }))
    .addNode('b', () => ({ list: [1, { deep: [[]] }] }))
    .addNode('last', () => ({ out: text(400_000) }))
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .addEdge(['a', 'b'], 'last')
    .addEdge('last', END)
    .compile();
};
const WRITTEN = { out: text(400_000), n: 1, list: [1, { deep: [[]] }] };

describe('an output that is larger than a run document may be', () => {
  test('join and the run give it whole, lists say how large it is', async () => {
    const { api, run, get } = await ended(writer(), {});
    expect(run.output).toBeNull();
    expect(run.output_bytes).toBe(jsonBytes(WRITTEN));
    expect(await get('/join')).toEqual({ status: 200, body: WRITTEN });
    expect(await get('')).toMatchObject({ status: 200, body: { output: WRITTEN, output_bytes: null } });
    const { body } = await api.call<{ runs: Run[] }>('GET', '/runs');
    expect(body.runs).toMatchObject([{ output: null, output_bytes: run.output_bytes }]);
    await api.close();
  });

  test('of a thread that went on since: still the output of this run', async () => {
    const { lab, api, run, get } = await ended(writer(), {});
    const second = await lab.work(await lab.create({ thread_id: run.thread_id, input: { n: 7 } }));
    expect(second.status).toBe('completed');
    expect(await get('/join')).toEqual({ status: 200, body: WRITTEN });
    await api.close();
  });

  test('of a function', async () => {
    const list = Array.from({ length: 50 }, (_, i) => ({ i, text: text(8_000) }));
    const { api, get } = await ended(
      entrypoint({ name: 'f' }, async () => entrypoint.final({ value: list, save: 'something else' })),
      ['any input'],
    );
    expect(await get('/join')).toEqual({ status: 200, body: list });
    await api.close();
  });

  test('with messages: in the shape of those that fit', async () => {
    const graph = (bytes: number) =>
      new StateGraph(MessagesAnnotation)
        .addNode('say', () => ({ messages: [new AIMessage({ id: 'm', content: text(bytes) })] }))
        .addEdge(START, 'say')
        .addEdge('say', END)
        .compile();
    const small = await ended(graph(10), { messages: [] });
    const large = await ended(graph(300_000), { messages: [] });
    expect((await small.get('/join')).body).toEqual({
      messages: [{ id: 'm', type: 'ai', content: text(10) }],
    });
    expect((await large.get('/join')).body).toEqual({
      messages: [{ id: 'm', type: 'ai', content: text(300_000) }],
    });
    await Promise.all([small.api.close(), large.api.close()]);
  });

  test('whose thread is gone: says so with its size, and is no empty value', async () => {
    const { lab, api, run, get } = await ended(writer(), {});
    await deleteThreadDocuments(lab.documents, threadPath(UID, run.thread_id));
    expect(await get('/join')).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found', details: { output_bytes: run.output_bytes } } },
    });
    expect(await get('')).toMatchObject({ body: { output: null, output_bytes: run.output_bytes } });
    await api.close();
  });

  test('stored before documents named its size: given all the same', async () => {
    const { lab, api, run, get } = await ended(writer(), {});
    const path = `users/${UID}/runs/${run.run_id}`;
    await lab.documents.commit([{ op: 'update', path, fields: { output_bytes: null } }]);
    expect(await get('/join')).toEqual({ status: 200, body: WRITTEN });
    await api.close();
  });

  test('one that fits is in the document', async () => {
    const { run, api } = await ended(
      entrypoint({ name: 'f' }, async () => text(OUTPUT_LIMIT - 2)),
      null,
    );
    expect([run.output, run.output_bytes]).toEqual([text(OUTPUT_LIMIT - 2), null]);
    await api.close();
  });
});

const echo = () =>
  new StateGraph(Annotation.Root({ n: Annotation<number> }))
    .addNode('one', () => ({ n: 1 }))
    .addEdge(START, 'one')
    .addEdge('one', END)
    .compile();

test('an input that is too large for the document: the run gives it whole, its document says how large it is', async () => {
  const input = { n: 1, text: text(100_000) };
  const { run, api, get } = await ended(echo(), input);
  expect([run.input, run.input_bytes]).toEqual([null, jsonBytes(input)]);
  expect(await get('')).toMatchObject({ status: 200, body: { input, input_bytes: null } });
  await api.close();
});

test('more messages than the document holds: the ended run gives them all, in their order', async () => {
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('say', () => ({
      messages: Array.from({ length: 40 }, (_, i) => new AIMessage({ id: `m${i}`, content: text(5_000) })),
    }))
    .addEdge(START, 'say')
    .addEdge('say', END)
    .compile();
  const { run, api, get } = await ended(graph, { messages: [] });
  expect(run.messages_dropped).toBe(40 - run.messages.length);
  expect(run.messages_dropped).toBeGreaterThan(0);
  const { body } = await get<Run>('');
  expect(body.messages_dropped).toBeNull();
  expect(body.messages.map(({ id }) => id)).toEqual(Array.from({ length: 40 }, (_, i) => `m${i}`));
  await api.close();
});
