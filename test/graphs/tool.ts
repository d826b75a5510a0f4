import { FakeListChatModel } from '@langchain/core/utils/testing';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Annotation,
  END,
  MessagesAnnotation,
  START,
  StateGraph,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph';

/**
 * `rounds` times plan -> {left, right} -> join. Every node calls a tool outside, with a key made of the run, the round
 * and the node, and says in `done` which keys it used; `plan` streams a few words.
 */
const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  /** Address of the tool; none is called without. */
  tool: Annotation<string | undefined>(),
  rounds: Annotation<number>({ reducer: (_a, b) => b, default: () => 2 }),
  delay_ms: Annotation<number>({ reducer: (_a, b) => b, default: () => 200 }),
  round: Annotation<number>({ reducer: (_a, b) => b, default: () => 0 }),
  done: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
});
type ToolState = typeof State.State;

const WORDS = 'one two three four five';

async function useTool(state: ToolState, config: LangGraphRunnableConfig, node: string): Promise<string> {
  const started_at = Date.now();
  const key = `${String(config.configurable?.['run_id'])}/${state.round}/${node}`;
  await delay(
    state.delay_ms * (node === 'right' ? 1.5 : 0.5),
    undefined,
    config.signal === undefined ? {} : { signal: config.signal },
  );
  if (state.tool === undefined) return key;
  const response = await fetch(state.tool, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ started_at }),
    ...(config.signal === undefined ? {} : { signal: config.signal }),
  });
  if (!response.ok) throw new Error(`The tool answered ${response.status}.`);
  return key;
}

export const graph = new StateGraph(State)
  .addNode('plan', async (state, config) => {
    const round = state.round + 1;
    const model = new FakeListChatModel({ responses: [WORDS], sleep: state.delay_ms / WORDS.length });
    const answer = await model.invoke(state.messages, config);
    const key = await useTool({ ...state, round }, config, 'plan');
    return { round, messages: [answer], done: [key] };
  })
  .addNode('left', async (state, config) => ({ done: [await useTool(state, config, 'left')] }))
  .addNode('right', async (state, config) => ({ done: [await useTool(state, config, 'right')] }))
  .addNode('join', async (state, config) => ({ done: [await useTool(state, config, 'join')] }))
  .addEdge(START, 'plan')
  .addEdge('plan', 'left')
  .addEdge('plan', 'right')
  .addEdge(['left', 'right'], 'join')
  .addConditionalEdges('join', (state) => (state.round < state.rounds ? 'plan' : END), ['plan', END])
  .compile();
