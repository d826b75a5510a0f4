import { setTimeout as wait } from 'node:timers/promises';
import { Annotation, interrupt, START, StateGraph } from '@langchain/langgraph';
import { afterEach, describe, expect, it, vi } from 'vitest';
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

describe('a clock that was set back', () => {
  const graph = new StateGraph(State)
    .addNode('say', () => ({ said: ['hi'] }))
    .addEdge(START, 'say')
    .compile();

  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** A run on a thread that was worked on `ahead` milliseconds from now, on a machine that can be set forward. */
  async function setBackBy(ahead: number) {
    let set = ahead;
    const real = Date.now;
    // LangGraph names checkpoints by the machine's own time.
    vi.spyOn(Date, 'now').mockImplementation(() => real() + set);
    const lab = new Lab({ graph });
    await lab.work(await lab.create({ thread_id: 'old', input: { said: ['?'] } }));
    set = 0;
    const run = await lab.create({ thread_id: 'old', input: { said: ['?'] } });
    return { lab, run, forward: (ms: number) => (set += ms) };
  }

  it('by an hour -> the run waits, says what to do, and goes on when the clock has caught up', async () => {
    const { lab, run, forward } = await setBackBy(3_600_000);
    for (let minutes = 0; minutes < 60; minutes += 6) {
      await lab.worker.handle({ uid: UID, run_id: run.run_id });
      const waiting = await lab.read(run);
      expect([waiting.status, waiting.failures]).toEqual(['pending', 0]);
      const told = (await lab.events(run)).findLast(({ type }) => type === 'attempt.ended');
      expect(told).toMatchObject({
        error: { code: 'clock_behind', message: expect.stringContaining('new thread') },
      });
      forward(6 * 60_000);
    }
    forward(60_000);
    expect((await lab.work(run)).output).toMatchObject({ said: ['?', 'hi', '?', 'hi'] });
  });

  it('by two days -> the run fails at once, and says what to do', async () => {
    const { lab, run } = await setBackBy(48 * 3_600_000);
    const { status, error } = await lab.work(run);
    expect([status, error?.code]).toEqual(['failed', 'clock_behind']);
    expect(error?.message).toMatch(/2880 minutes behind.* Set it right and retry the run/);
  });
});
