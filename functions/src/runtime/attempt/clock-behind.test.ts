import { setTimeout as wait } from 'node:timers/promises';
import { Annotation, interrupt, START, StateGraph } from '@langchain/langgraph';
import { expect, it } from 'vitest';
import { answerRun } from '../../http/commands.ts';
import { checkpointTime } from '../../lib/checkpoint-time.ts';
import { Lab, UID } from '../testing/lab.ts';

const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

const BEHIND_MS = 10_000;

/** A clock that is behind, and on which a long wait is over at once. */
function clockBehind() {
  let waited = 0;
  return {
    now: () => Date.now() - BEHIND_MS + waited,
    after: (ms: number, callback: () => void) => {
      const long = ms > BEHIND_MS / 2 && ms < 2 * BEHIND_MS;
      if (long) waited += ms;
      const timer = setTimeout(callback, long ? 0 : ms);
      return () => clearTimeout(timer);
    },
  };
}

it('a graph within a node has a newer checkpoint than the run -> a worker whose clock is behind waits for that', async () => {
  let clock: { now(): number } = { now: Date.now };
  const executedAt: number[] = [];
  const inner = new StateGraph(State)
    .addNode('x', async () => {
      await wait(30);
      return { said: ['x'] };
    })
    .addNode('y', () => {
      executedAt.push(clock.now());
      return { said: [String(interrupt('ok?'))] };
    })
    .addEdge(START, 'x')
    .addEdge('x', 'y')
    .compile();
  const graph = new StateGraph(State).addNode('sub', inner).addEdge(START, 'sub').compile();
  const lab = new Lab({ graph });
  const asked = await lab.work(await lab.create());
  const newest = (await lab.events(asked)).flatMap((event) =>
    event.type === 'checkpoint' && event.checkpoint_ns !== '' ? [event.checkpoint_id] : [],
  );
  const behind = clockBehind();
  clock = behind;
  const other = new Lab({ graph, documents: lab.documents, clock: behind });
  await answerRun(other, UID, asked.run_id, { [asked.interrupts[0]?.id ?? '']: 'yes' });
  expect((await other.work(asked)).output).toMatchObject({ said: ['x', 'yes'] });
  expect(executedAt.at(-1)).toBeGreaterThan(checkpointTime(newest.at(-1) ?? ''));
});
