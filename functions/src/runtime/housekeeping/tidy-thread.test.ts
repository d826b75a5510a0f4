import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { runPath, threadPath } from '@longrun/shared';
import { expect, test } from 'vitest';
import { systemClock } from '../../ports/clock.ts';
import { Lab, UID } from '../testing/lab.ts';
import { tidy } from './tidy.ts';

const MINUTE = 60_000;
const graph = new StateGraph(MessagesAnnotation)
  .addNode('one', () => ({}))
  .addEdge(START, 'one')
  .addEdge('one', END)
  .compile();

/** A lab whose clock can be set forward, and a thread that is to stay ten minutes. */
async function open() {
  let ahead = 0;
  const clock = { ...systemClock, now: () => Date.now() + ahead };
  const lab = new Lab({ graph, clock, ttlMs: 1_000 * MINUTE });
  const run = await lab.work(await lab.create({ thread_id: 'brief' }));
  const path = threadPath(UID, 'brief');
  const fields = { ttl_minutes: 10, tidy_at: new Date(clock.now() + 10 * MINUTE).toISOString() };
  await lab.documents.commit([{ op: 'merge', path, fields }]);
  const there = async () => {
    const found = await lab.documents.get([path, runPath(UID, run.run_id)]);
    return found.map((doc) => doc !== undefined);
  };
  return { lab, there, forward: (minutes: number) => (ahead += minutes * MINUTE) };
}

test('a thread whose time is over -> removed with its runs', async () => {
  const { lab, there, forward } = await open();
  await tidy(lab.store);
  expect(await there()).toEqual([true, true]);
  forward(11);
  await tidy(lab.store);
  expect(await there()).toEqual([false, false]);
});

test('used meanwhile -> it stays as long again from then', async () => {
  const { lab, there, forward } = await open();
  forward(8);
  await lab.work(await lab.create({ thread_id: 'brief' }));
  forward(5);
  await tidy(lab.store);
  expect(await there()).toEqual([true, true]);
  forward(6);
  await tidy(lab.store);
  expect(await there()).toEqual([false, false]);
});

test('a run is on it -> it stays until that has ended', async () => {
  const { lab, there, forward } = await open();
  const run = await lab.create({ thread_id: 'brief' });
  forward(60);
  await tidy(lab.store);
  expect(await there()).toEqual([true, true]);
  await lab.work(run);
  forward(60);
  await tidy(lab.store);
  expect(await there()).toEqual([false, false]);
});
