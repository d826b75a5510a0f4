import { Annotation, END, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { isObject, toJson, type Json } from '@longrun/shared';
import { expect, it } from 'vitest';
import { startRun } from '../runs/start-run.ts';
import { Lab, UID } from '../testing/lab.ts';

const State = Annotation.Root({ config: Annotation<Json>() });

/** What its node finds in the config. */
const graph = new StateGraph(State)
  .addNode('look', (_state, { configurable = {}, metadata }: LangGraphRunnableConfig) => {
    const own = Object.entries(configurable).filter(([name]) => !name.startsWith('__'));
    return { config: toJson({ configurable: Object.fromEntries(own), metadata }) };
  })
  .addEdge(START, 'look')
  .addEdge('look', END)
  .compile();

const configIn = (output: Json) => (isObject(output) ? output['config'] : null);

it('a graph finds the assistant by its own id, and the graph and the run in the metadata', async () => {
  const lab = new Lab({ graph, version: '1.2.3' });
  const { run } = await startRun(lab, {
    uid: UID,
    body: { assistant_id: 'lab', thread_id: 't', input: {}, metadata: { of: 'mine', run_id: 'not this' } },
    api: { request: {}, assistantId: 'uuid' },
  });
  const ids = { thread_id: 't', run_id: run.run_id, graph_id: 'lab', assistant_id: 'uuid' };
  const said = configIn((await lab.work(run)).output);
  expect(said).toMatchObject({
    configurable: { ...ids, user_id: UID },
    metadata: { ...ids, of: 'mine', created_by: 'system', run_attempt: 1, langgraph_version: '1.2.3' },
  });
});

it('of a run that was made otherwise the assistant is the graph', async () => {
  const lab = new Lab({ graph });
  const run = await lab.work(await lab.create({ input: {} }));
  expect(configIn(run.output)).toMatchObject({ configurable: { graph_id: 'lab', assistant_id: 'lab' } });
});
