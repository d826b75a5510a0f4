import { END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { describe, expect, it } from 'vitest';
import { Lab } from '../../testing/lab.ts';
import { start, State, streamOf, told } from './recorder-testing.ts';

describe('questions', () => {
  const asks = () =>
    new StateGraph(State)
      .addNode('ask', () => ({ said: [String(interrupt('really?'))] }))
      .addEdge(START, 'ask')
      .addEdge('ask', END)
      .compile();

  it('are told alone in values and updates; a turn is told what it asked for itself', async () => {
    const lab = new Lab({ graph: asks() });
    const asked = await start(lab, ['values', 'updates']);
    const question = { __interrupt__: [{ id: asked.interrupts[0]?.id, value: 'really?' }] };
    expect(told(await streamOf(lab, asked)).slice(-2)).toEqual([
      ['updates', [], question],
      ['values', [], question],
    ]);
    const after = await start(lab, ['updates'], { input: null });
    const turn = (await streamOf(lab, after)).filter(({ seq }) => seq > (after.turns[0]?.seq ?? 0));
    expect(told(turn)).toEqual([['updates', [], { ask: { said: ['yes'] } }]]);
  });

  it('of breakpoints are empty', async () => {
    const lab = new Lab({ graph: asks() });
    const stopped = await start(lab, ['values'], { interrupt_before: ['ask'] });
    expect(told(await streamOf(lab, stopped)).at(-1)).toEqual(['values', [], { __interrupt__: [] }]);
  });

  it('within a subgraph are told by the whole graph', async () => {
    const outer = new StateGraph(State)
      .addNode('sub', asks())
      .addEdge(START, 'sub')
      .addEdge('sub', END)
      .compile();
    const lab = new Lab({ graph: outer });
    const asked = await start(lab, ['values']);
    expect(told(await streamOf(lab, asked)).at(-1)).toEqual([
      'values',
      [],
      { __interrupt__: [{ id: asked.interrupts[0]?.id, value: 'really?' }] },
    ]);
  });
});
