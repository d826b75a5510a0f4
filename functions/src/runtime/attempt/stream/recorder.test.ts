import { HumanMessage } from '@langchain/core/messages';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { END, interrupt, MemorySaver, START, StateGraph } from '@langchain/langgraph';
import type { Json } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { cancelRun } from '../../../http/commands.ts';
import { Lab, UID } from '../../testing/lab.ts';
import { stateToJson } from './message-events.ts';
import { record, start, State, talks } from './recorder-testing.ts';

describe('a run of which nothing was asked', () => {
  it('records nothing more', async () => {
    const { stream } = await record(talks(new FakeListChatModel({ responses: ['hello'] })), null);
    expect(stream).toEqual([]);
  });
});

describe('the modes that were asked for', () => {
  const steps = () =>
    new StateGraph(State)
      .addNode('one', (_state, { writer }) => {
        writer?.({ note: 'from one' });
        return { said: ['one'], messages: [new HumanMessage({ id: 'm1', content: 'one' })] };
      })
      .addNode('two', () => ({ said: ['two'] }))
      .addEdge(START, 'one')
      .addEdge('one', 'two')
      .addEdge('two', END);

  it.each(['values', 'updates', 'custom'])('%s: as LangGraph streams them', async (mode) => {
    const { stream } = await record(steps().compile(), [mode]);
    const plain = steps().compile({ checkpointer: new MemorySaver() });
    const chunks = await plain.stream(
      { messages: [new HumanMessage({ id: 'h', content: 'hi' })] },
      {
        streamMode: [mode as 'values'],
        configurable: { thread_id: 't' },
      },
    );
    const expected: Json[] = [];
    for await (const chunk of chunks) expected.push(stateToJson(chunk));
    expect(stream.map((event) => [event.mode, event.data])).toEqual(expected);
    expect(stream.length).toBeGreaterThan(0);
  });

  it('checkpoints, tasks, debug: in the shapes of the API', async () => {
    const { stream } = await record(steps().compile(), ['checkpoints', 'tasks', 'debug']);
    const of = (mode: string) => stream.filter((event) => event.mode === mode).map(({ data }) => data);
    expect(of('checkpoints')).toMatchObject([
      { next: ['__start__'], metadata: { source: 'input', step: -1 } },
      { next: ['one'], values: { said: [] } },
      { next: ['two'], values: { said: ['one'] } },
      { next: [], values: { said: ['one', 'two'] } },
    ]);
    expect(of('tasks')).toMatchObject([
      { name: 'one', triggers: [expect.any(String)], input: { said: [] } },
      { name: 'one', result: { said: ['one'] } },
      { name: 'two' },
      { name: 'two', result: { said: ['two'] } },
    ]);
    const snapshots = of('debug').filter((data) => (data as { type: string }).type === 'checkpoint');
    expect(snapshots.at(-1)).toMatchObject({
      payload: {
        checkpoint: { thread_id: 't', checkpoint_ns: '', checkpoint_id: expect.any(String) },
        parent_checkpoint: { thread_id: 't' },
        config: { configurable: { thread_id: 't' } },
      },
    });
    expect(JSON.stringify(snapshots)).not.toMatch(/__pregel_(?!pull|push)/);
  });

  it('leave what our own page is told as it was', async () => {
    const graph = () => talks(new FakeListChatModel({ responses: ['hello'] }));
    const all = [
      'values',
      'updates',
      'messages',
      'custom',
      'tasks',
      'checkpoints',
      'debug',
      'tools',
      'events',
    ];
    const [without, asked] = [await record(graph(), null), await record(graph(), all)];
    const types = ({ events }: typeof without) =>
      events.map((event) => event.type).filter((type) => type !== 'stream' && type !== 'message.delta');
    expect(types(asked)).toEqual(types(without));
    const results = ({ events }: typeof without) =>
      events.flatMap((event) => (event.type === 'node.finished' ? [Object.keys(event.result ?? {})] : []));
    expect(results(asked)).toEqual(results(without));
    expect(asked.run.messages.map(({ content }) => content)).toEqual(['hello', 'used']);
  });

  it('events: those of all that the graph calls, beside the other modes', async () => {
    const { stream } = await record(talks(new FakeListChatModel({ responses: ['hello'] })), [
      'events',
      'values',
    ]);
    const events = stream
      .filter(({ mode }) => mode === 'events')
      .map(({ data }) => data as { event: string });
    expect(events[0]).toMatchObject({ event: 'on_chain_start', metadata: { graph_id: 'lab' } });
    expect(events.at(-1)).toMatchObject({ event: 'on_chain_end' });
    const names = new Set(events.map(({ event }) => event));
    for (const name of ['on_chat_model_start', 'on_chat_model_stream', 'on_chat_model_end']) {
      expect(names).toContain(name);
    }
    const values = stream.filter(({ mode }) => mode === 'values');
    expect(values.at(-1)?.data).toMatchObject({ said: ['talked'] });
  });

  it('events of a graph that fails, asks, or is cancelled end as any run does', async () => {
    const fails = new StateGraph(State)
      .addNode('fail', () => {
        throw new TypeError('boom');
      })
      .addEdge(START, 'fail')
      .addEdge('fail', END)
      .compile();
    expect(await start(new Lab({ graph: fails }), ['events'])).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('boom') },
    });
    const asks = new StateGraph(State)
      .addNode('ask', () => ({ said: [String(interrupt('really?'))] }))
      .addEdge(START, 'ask')
      .addEdge('ask', END)
      .compile();
    const lab = new Lab({ graph: asks });
    const asked = await start(lab, ['events']);
    expect(asked).toMatchObject({ status: 'interrupted', interrupts: [{ value: 'really?' }] });
    expect(await start(lab, ['events'], { input: null })).toMatchObject({ status: 'completed' });
    const waits = Promise.withResolvers<void>();
    const slow = new StateGraph(State)
      .addNode('wait', async (_state, { signal }) => {
        waits.resolve();
        return await new Promise<never>((_, reject) =>
          signal?.addEventListener('abort', () => reject(new Error('told to stop'))),
        );
      })
      .addEdge(START, 'wait')
      .addEdge('wait', END)
      .compile();
    const stopping = new Lab({ graph: slow });
    const ended = start(stopping, ['events']);
    await waits.promise;
    const [waiting] = await stopping.documents.query({ collection: `users/${UID}/runs` });
    await cancelRun(stopping, UID, String(waiting?.fields['run_id']));
    expect(await ended).toMatchObject({ status: 'cancelled' });
  });

  it('values that are too large for one event come in pieces', async () => {
    const big = `"${'é\u{1F600}\n'.repeat(120_000)}`;
    const graph = new StateGraph(State)
      .addNode('one', () => ({ said: [big] }))
      .addEdge(START, 'one')
      .addEdge('one', END)
      .compile();
    const { stream } = await record(graph, ['values']);
    const pieces = stream.filter(({ piece }) => piece !== undefined);
    expect(pieces.map(({ piece }) => piece?.i)).toEqual(pieces.map((_, i) => i));
    expect(pieces[0]?.piece?.of).toBe(pieces.length);
    const whole: unknown = JSON.parse(pieces.map(({ piece }) => piece?.text ?? '').join(''));
    expect(whole).toMatchObject({ said: [big] });
  });
});
