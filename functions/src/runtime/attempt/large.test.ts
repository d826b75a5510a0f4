import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import {
  Annotation,
  END,
  interrupt,
  MessagesAnnotation,
  Send,
  START,
  StateGraph,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph';
import { EMPTY_VIEW, extendView } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { Journal } from './journal/journal.ts';
import { Lab } from '../testing/lab.ts';

const text = (chars: number) => 'x'.repeat(chars);

const graphOf = (node: (config: LangGraphRunnableConfig) => { messages: BaseMessage[] }) =>
  new StateGraph(MessagesAnnotation)
    .addNode('node', (_state, config) => node(config))
    .addEdge(START, 'node')
    .addEdge('node', END)
    .compile();

async function runOf(node: Parameters<typeof graphOf>[0]) {
  const lab = new Lab({ graph: graphOf(node) });
  const run = await lab.work(await lab.create({ input: { messages: [] } }));
  return { lab, run };
}

describe('large things in a run', () => {
  it('a message of 3 MB: the run completes, and the state holds it whole', async () => {
    const { lab, run } = await runOf(() => ({
      messages: [new AIMessage({ id: 'big', content: text(3_000_000) })],
    }));
    expect(run.error).toBeNull();
    expect(run.status).toBe('completed');
    const log = await lab.store.entriesAfter(run.owner, run.run_id, -1);
    const { messages } = extendView(EMPTY_VIEW, log);
    expect(messages.map((message) => [message.state, message.text.length])).toEqual([['final', 3_000_000]]);
  });

  it('many messages of 600 kB in one step', async () => {
    const { run } = await runOf(() => ({
      messages: Array.from({ length: 6 }, (_, i) => new AIMessage({ id: `m${i}`, content: text(600_000) })),
    }));
    expect(run.error).toBeNull();
    expect(run.status).toBe('completed');
  });

  it('300 custom events of 60 kB at once', async () => {
    const { run } = await runOf((config) => {
      for (let i = 0; i < 300; i += 1) config.writer?.({ i, data: text(60_000) });
      return { messages: [] };
    });
    expect(run.error).toBeNull();
    expect(run.status).toBe('completed');
  });

  it('a question of 2 MB is asked by its beginning, and says so', async () => {
    const { run } = await runOf(() => ({ messages: [new AIMessage(String(interrupt(text(2_000_000))))] }));
    expect(run.status).toBe('interrupted');
    expect(run.interrupts).toMatchObject([{ value_bytes: 2_000_002 }]);
    expect(JSON.stringify(run.interrupts).length).toBeLessThan(200_000);
  });

  it('a long stream that comes at once is told in full, in order', async () => {
    const { lab, run } = await runOf(() => ({ messages: [] }));
    const journal = new Journal({ store: lab.store, run: await lab.create({}), writer: 'w:1' });
    journal.push({ type: 'attempt.started', at: Date.now(), attempt: 1, worker: 'w' });
    const whole = '😀 and more '.repeat(200_000);
    journal.push({ type: 'message.delta', at: Date.now(), message_id: 'm', text: whole });
    await journal.flush();
    const events = await lab.events(journal.run);
    const said = events.flatMap((event) => (event.type === 'message.delta' ? [event.text] : []));
    expect(said.join('') === whole).toBe(true);
    expect(said.every((piece) => piece.isWellFormed())).toBe(true);
    expect(run.status).toBe('completed');
  });

  it('tasks of one step with 4 MB each', async () => {
    const State = Annotation.Root({
      parts: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
    });
    const graph = new StateGraph(State)
      .addNode('a', () => ({ parts: [text(3_000_000)] }))
      .addNode('b', () => ({ parts: [text(3_000_000)] }))
      .addNode('c', () => ({ parts: [text(1_500_000)] }))
      .addNode('count', ({ parts }) => ({ parts: [String(parts.join('').length)] }))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge(START, 'c')
      .addEdge(['a', 'b', 'c'], 'count')
      .addEdge('count', END)
      .compile();
    const lab = new Lab({ graph });
    const run = await lab.work(await lab.create({}));
    expect(run.error).toBeNull();
    expect(run.status).toBe('completed');
  });

  it('a step that fans out to 1,500 tasks', async () => {
    const State = Annotation.Root({
      n: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }),
    });
    const graph = new StateGraph(State)
      .addNode('start', () => ({}))
      .addNode('part', () => ({ n: 1 }))
      .addEdge(START, 'start')
      .addConditionalEdges('start', () => Array.from({ length: 1_500 }, (_, i) => new Send('part', { i })), [
        'part',
      ])
      .addEdge('part', END)
      .compile();
    const lab = new Lab({ graph });
    const run = await lab.work(await lab.create({}));
    expect(run.error).toBeNull();
    expect(run.output).toEqual({ n: 1_500 });
  });
});
