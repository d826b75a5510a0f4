import { Annotation, END, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { describe, expect, it } from 'vitest';
import { Lab } from '../testing/lab.ts';

const State = Annotation.Root({ word: Annotation<string>(), known: Annotation<string | null>() });

describe('B7 C1: what a graph is given by its worker', () => {
  it('a long-term memory that outlives the run, one for each user', async () => {
    const graph = new StateGraph(State)
      .addNode('remember', async ({ word }, { store }: LangGraphRunnableConfig) => {
        const known = await store?.get(['words'], 'last');
        await store?.put(['words'], 'last', { word });
        return { known: known?.value['word'] ?? null };
      })
      .addEdge(START, 'remember')
      .addEdge('remember', END)
      .compile();
    const lab = new Lab({ graph });
    const known = async (word: string, uid: string) => {
      const run = await lab.work(await lab.create({ input: { word } }, uid));
      return (run.output as { known: string | null }).known;
    };
    expect(await known('one', 'ada')).toBeNull();
    expect(await known('two', 'ada')).toBe('one');
    expect(await known('three', 'bob')).toBeNull();
  });

  it('a cache: an expensive node is executed once for the same input of the same user', async () => {
    let executed = 0;
    const graph = new StateGraph(State)
      .addNode(
        'costly',
        () => {
          executed += 1;
          return { known: `result ${executed}` };
        },
        { cachePolicy: { ttl: 60 } },
      )
      .addEdge(START, 'costly')
      .addEdge('costly', END)
      .compile();
    const lab = new Lab({ graph });
    const outputs = [];
    for (const uid of ['ada', 'ada', 'bob']) {
      const run = await lab.work(await lab.create({ input: { word: 'same' } }, uid));
      expect(run.status).toBe('completed');
      outputs.push((run.output as { known: string }).known);
    }
    expect(outputs).toEqual(['result 1', 'result 1', 'result 2']);
  });
});
