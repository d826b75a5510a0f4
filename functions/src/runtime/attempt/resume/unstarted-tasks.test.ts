import { Annotation, END, Send, START, StateGraph } from '@langchain/langgraph';
import { expect, it } from 'vitest';
import { systemClock } from '../../../ports/clock.ts';
import { Lab } from '../../testing/lab.ts';

const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

it('one of two that may go on at once throws while a third waits -> tried again, all three are executed', async () => {
  let failures = 1;
  const aFailed = Promise.withResolvers<void>();
  const graph = new StateGraph(State)
    .addNode('work', async ({ word }: { word: string }) => {
      if (word === 'b') await aFailed.promise;
      if (word === 'a' && failures-- > 0) {
        setImmediate(aFailed.resolve);
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      }
      return { said: [word] };
    })
    .addNode('join', () => ({ said: ['join'] }))
    .addConditionalEdges(START, () => ['a', 'b', 'c'].map((word) => new Send('work', { word })), ['work'])
    .addEdge('work', 'join')
    .addEdge('join', END)
    .compile()
    .withConfig({ maxConcurrency: 2 });
  let later = 0;
  const lab = new Lab({ graph, clock: { ...systemClock, now: () => Date.now() + later } });
  const run = await lab.create();
  const first = await lab.work(run);
  expect(first.status).toBe('pending');
  later = 60_000;
  const ended = await lab.work(run);
  expect(ended.status).toBe('completed');
  expect(ended.output).toMatchObject({ said: ['a', 'b', 'c', 'join'] });
});
