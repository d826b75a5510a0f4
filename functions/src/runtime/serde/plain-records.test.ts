import { AIMessage } from '@langchain/core/messages';
import {
  Annotation,
  END,
  interrupt,
  MessagesAnnotation,
  START,
  StateGraph,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph';
import type { Json } from '@longrun/shared';
import { describe, expect, test } from 'vitest';
import { answerRun } from '../../http/commands.ts';
import { Lab, UID } from '../testing/lab.ts';

/** Records as LangChain writes its objects, as somebody's plain data. */
const RECORDS: [string, Json][] = [
  ['a message', record(['langchain_core', 'messages', 'AIMessage'], { content: 'not said' })],
  [
    'a message that cannot be made',
    record(['langchain_core', 'messages', 'AIMessage'], { content: { a: 1 } }),
  ],
  [
    'a prompt',
    record(['langchain_core', 'prompts', 'PromptTemplate'], { template: '{x', inputVariables: [] }),
  ],
  ['a class of a package that is not there', record(['gone', 'Gone'], { a: 1 })],
  ['a class that no name says', record([], {})],
  ['no kwargs', { lc: 1, type: 'constructor', id: ['langchain_core', 'messages', 'AIMessage'] }],
  ['a secret', { lc: 1, type: 'secret', id: ['PATH'] }],
  ['what is not implemented', { lc: 1, type: 'not_implemented', id: ['a'] }],
  ["LangGraph's own kind", { lc: 2, type: 'constructor', id: ['Set'], method: null, args: [[1]] }],
  ['undefined', { lc: 2, type: 'undefined' }],
  ['an escaped one', { __lc_escaped__: record(['gone', 'Gone'], {}) }],
  [
    'one in another',
    record(['gone', 'Gone'], { inner: [record(['langchain_core', 'messages', 'AIMessage'], {})] }),
  ],
];

function record(id: string[], kwargs: { [key: string]: Json }): { [key: string]: Json } {
  return { lc: 1, type: 'constructor', id, kwargs };
}

const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  data: Annotation<unknown>,
  seen: Annotation<unknown[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
/** Keeps what it was given, asks, says something, and keeps what it was answered. */
const graph = new StateGraph(State)
  .addNode('keep', ({ data }) => ({ seen: [data, { wrapped: data }, new Map([['in', data]])] }))
  .addNode('ask', ({ data }) => ({ seen: [interrupt({ about: data })] }))
  .addNode('say', ({ data }) => ({
    messages: [new AIMessage({ id: 'said', content: 'hi', additional_kwargs: { data } })],
  }))
  .addEdge(START, 'keep')
  .addEdge('keep', 'ask')
  .addEdge('ask', 'say')
  .addEdge('say', END)
  .compile();

describe('a record of LangChain that somebody sends as plain data', () => {
  test.each(RECORDS)(
    '%s -> stays what it is, in this run and the next ones of the thread',
    async (_, data) => {
      const lab = new Lab({ graph });
      const shared = { thread_id: 'one' };
      const seen = [];
      for (const round of [1, 2]) {
        const asked = await lab.work(await lab.create({ ...shared, input: { data } }));
        expect(asked.error).toBeNull();
        expect(asked.interrupts[0]?.value).toEqual({ about: data });
        await answerRun(lab, UID, asked.run_id, { [asked.interrupts[0]?.id ?? '']: data });
        const run = await lab.work(asked);
        expect([round, run.status, run.error]).toEqual([round, 'completed', null]);
        seen.push(data, { wrapped: data }, expect.anything(), data);
        expect(run.output).toMatchObject({ data, seen });
        // What the graph itself made of LangChain's classes is one of them again.
        expect(run.output).toMatchObject({ messages: [{ type: 'ai', content: 'hi' }] });
      }
    },
  );

  test.each(RECORDS)('%s in config, context and metadata -> changes nothing', async (_, data) => {
    const lab = new Lab({
      graph: new StateGraph(State)
        .addNode('keep', () => ({}))
        .addEdge(START, 'keep')
        .compile(),
    });
    const settings = {
      config: { configurable: { data }, metadata: { data } },
      context: { data },
      metadata: { data },
    };
    const run = await lab.work(await lab.create({ input: { data }, ...settings }));
    expect([run.status, run.error]).toEqual(['completed', null]);
  });

  test('as a message of the input -> LangChain makes it one, the run keeps what was sent, and the thread goes on', async () => {
    const lab = new Lab({ graph });
    const sent = { messages: [record(['langchain_core', 'messages', 'AIMessage'], { content: 'sent' })] };
    const asked = await lab.work(await lab.create({ thread_id: 'one', input: sent }));
    expect([asked.status, asked.input]).toEqual(['interrupted', sent]);
    await answerRun(lab, UID, asked.run_id, { [asked.interrupts[0]?.id ?? '']: 'go on' });
    expect((await lab.work(asked)).output).toMatchObject({ messages: [{ type: 'ai', content: 'sent' }, {}] });
    const next = await lab.work(await lab.create({ thread_id: 'one', input: { data: 1 } }));
    expect(next.status).toBe('interrupted');
  });

  test('what a graph changes of what it was given -> is not changed in the run', async () => {
    const given = { data: { list: [1] } };
    const changing = new StateGraph(State)
      .addNode('change', ({ data }, config: LangGraphRunnableConfig) => {
        for (const it of [data, config.configurable?.['own'], config.metadata?.['own']]) {
          (it as { list: number[] }).list.push(2);
        }
        return {};
      })
      .addEdge(START, 'change')
      .compile();
    const lab = new Lab({ graph: changing });
    const own = { list: [1] };
    const settings = { config: { configurable: { own } }, metadata: { own } };
    const run = await lab.work(await lab.create({ input: given, ...structuredClone(settings) }));
    expect(run).toMatchObject({ status: 'completed', input: given, ...settings });
  });
});
