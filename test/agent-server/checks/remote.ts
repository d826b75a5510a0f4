import { RemoteGraph } from '@langchain/langgraph/remote';
import { expect } from 'vitest';
import { say, valuesOf, type Check, type Subject } from './check.ts';

const area = 'remote';

const graph = ({ apiUrl, headers }: Subject, graphId = 'probe') =>
  new RemoteGraph({ graphId, url: apiUrl, headers, apiKey: 'none' });
const onThread = () => ({ configurable: { thread_id: crypto.randomUUID() } });

export const REMOTE: Check[] = [
  {
    area,
    name: 'RemoteGraph: invoke gives the values',
    holds: async (on) => {
      const values = valuesOf(await graph(on).invoke(say('hi')));
      expect(values.log).toEqual(['prepare', 'no question', 'echo']);
    },
  },
  {
    area,
    name: 'RemoteGraph: stream of updates, and of values with subgraphs',
    holds: async (on) => {
      const steps: string[] = [];
      for await (const update of await graph(on).stream(say('hi'), { streamMode: 'updates' })) {
        steps.push(...Object.keys(update as object));
      }
      expect(steps).toEqual(['prepare', 'ask', 'echo']);
      const spaces = new Set<string>();
      const options = { streamMode: 'values' as const, subgraphs: true };
      for await (const [ns] of await graph(on, 'nested').stream(say('hi'), options)) spaces.add(ns.join());
      expect([...spaces].some((ns) => ns.startsWith('sub:'))).toBe(true);
    },
  },
  {
    area,
    name: 'RemoteGraph: a thread has its state, history and edits',
    holds: async (on) => {
      const config = onThread();
      await graph(on).invoke(say('hi'), config);
      const state = await graph(on).getState(config);
      expect(valuesOf(state.values).log.at(-1)).toBe('echo');
      await graph(on).updateState(config, { log: ['edited'] }, 'prepare');
      expect((await graph(on).getState(config)).next).toEqual(['ask']);
      const history = [];
      for await (const one of graph(on).getStateHistory(config)) history.push(one.next);
      expect(history.length).toBe(6);
    },
  },
  {
    area,
    name: 'RemoteGraph: a question interrupts, and the state holds it',
    holds: async (on) => {
      const config = onThread();
      // As a graph within a node does it.
      await expect(graph(on).invoke(say('ask'), config)).rejects.toThrow('approve?');
      const state = await graph(on).getState(config);
      expect(state.tasks[0]?.interrupts).toMatchObject([{ value: { question: 'approve?' } }]);
    },
  },
  {
    area,
    name: 'RemoteGraph: its drawing',
    holds: async (on) => {
      const drawn = await graph(on).getGraphAsync();
      expect(Object.keys(drawn.nodes)).toEqual(expect.arrayContaining(['prepare', 'echo']));
    },
  },
];
