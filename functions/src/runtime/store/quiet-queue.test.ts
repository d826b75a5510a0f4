import { AsyncBatchedStore } from '@langchain/langgraph-checkpoint';
import { afterEach, expect, test, vi } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { countDocuments } from '../saver/testing.ts';
import { longTermStore } from './store.ts';

afterEach(() => vi.restoreAllMocks());

function open() {
  const { documents, counts } = countDocuments(memoryDocuments());
  const store = longTermStore(documents, { uid: 'ada', clock: { now: () => 0 } });
  const queue = new AsyncBatchedStore(store);
  queue.start();
  return { queue, counts, batch: vi.spyOn(store, 'batch') };
}

test('nothing to do -> no timer runs', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const { queue } = open();
  expect(queue.isRunning).toBe(true);
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(timers).not.toHaveBeenCalled();
  await queue.stop();
});

test('calls of one turn are one batch, answered each with its own', async () => {
  const { queue, batch } = open();
  await Promise.all([queue.put(['a'], 'x', { n: 1 }), queue.put(['a'], 'y', { n: 2 })]);
  const [x, none, found] = await Promise.all([
    queue.get(['a'], 'x'),
    queue.get(['a'], 'z'),
    queue.search(['a'], { limit: 1 }),
  ]);
  expect([x?.value, none, found.length]).toEqual([{ n: 1 }, null, 1]);
  expect(batch).toHaveBeenCalledTimes(2);
  await queue.delete(['a'], 'x');
  expect(await queue.get(['a'], 'x')).toBeNull();
});

test('one call that is refused does not take the others along', async () => {
  const { queue } = open();
  const results = await Promise.allSettled([
    queue.put(['a'], 'x', { n: 1 }),
    queue.put(['a.b'], 'x', {}),
    queue.get(['a'], 'none'),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect((await queue.get(['a'], 'x'))?.value).toEqual({ n: 1 });
});

test('a batch that is refused rejects its calls; the next ones work', async () => {
  const { queue, counts } = open();
  await expect(queue.put(['a.b'], 'x', {})).rejects.toMatchObject({ name: 'InvalidNamespaceError' });
  await queue.put(['a'], 'x', {});
  expect(counts.written).toBe(1);
});
