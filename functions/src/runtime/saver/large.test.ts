import { emptyCheckpoint, uuid6 } from '@langchain/langgraph-checkpoint';
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { StateTooLarge } from './errors.ts';
import { countDocuments, openSaver } from './testing.ts';

const start = { configurable: { thread_id: 't', checkpoint_ns: '' } };
const meta = { source: 'loop' as const, step: 0, parents: {} };
/** Incompressible, and no longer as JSON. */
const noise = (bytes: number) => randomBytes(Math.ceil(bytes / 2)).toString('hex');

function checkpoint(values: Record<string, unknown>) {
  const versions = Object.fromEntries(Object.keys(values).map((name) => [name, 1]));
  return { ...emptyCheckpoint(), id: uuid6(0), channel_values: values, channel_versions: versions };
}

describe('large state', () => {
  test('5 MB in one channel -> pieces that fit, one commit, read back whole', async () => {
    const { documents, counts } = countDocuments(memoryDocuments());
    const values = { report: randomBytes(5_000_000), small: 'x', list: [noise(600_000), noise(600_000)] };
    const put = checkpoint({ ...values, report: new Uint8Array(values.report) });
    const at = await openSaver(documents).put(start, put, meta, put.channel_versions);
    expect(counts.written).toBeLessThanOrEqual(9);
    const read = await openSaver(documents).get(at);
    expect(read?.channel_values['list']).toEqual(values.list);
    expect(read?.channel_values['small']).toBe('x');
    expect(Buffer.compare(read?.channel_values['report'] as Uint8Array, values.report)).toBe(0);
  });

  test('it is inherited without being written again', async () => {
    const { documents, counts } = countDocuments(memoryDocuments());
    const saver = openSaver(documents);
    const first = checkpoint({ report: noise(3_000_000), n: 1 });
    const at = await saver.put(start, first, meta, first.channel_versions);
    const before = counts.bytes;
    const second = { ...checkpoint(first.channel_values), channel_versions: { report: 1, n: 2 } };
    const next = await saver.put(at, second, meta, { n: 2 });
    expect(counts.bytes - before).toBeLessThan(2000);
    expect((await openSaver(documents).get(next))?.channel_values).toEqual(first.channel_values);
  });

  test('more than a commit holds -> StateTooLarge, naming channel and bytes; nothing is written', async () => {
    const { documents, counts } = countDocuments(memoryDocuments());
    const put = checkpoint({ fine: 'x', video: new Uint8Array(randomBytes(10_000_000)) });
    const error = await openSaver(documents)
      .put(start, put, meta, put.channel_versions)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StateTooLarge);
    expect(error).toMatchObject({ channel: 'video', bytes: 10_000_000 });
    expect(counts.written).toBe(0);
  });

  test('large writes of tasks -> blobs; many tasks share one document until it is full', async () => {
    const { documents, counts } = countDocuments(memoryDocuments());
    const saver = openSaver(documents);
    const at = await saver.put(start, checkpoint({}), meta, {});
    const values = Array.from({ length: 6 }, (_, i) => noise(i === 0 ? 2_000_000 : 250_000));
    await Promise.all(values.map((value, i) => saver.putWrites(at, [['out', value]], `task-${i}`)));
    const tuple = await openSaver(documents).getTuple(at);
    expect(tuple?.pendingWrites).toEqual(values.map((value, i) => [`task-${i}`, 'out', value]));
    expect(counts.written).toBeLessThanOrEqual(1 + 6 + 3);
    await expect(
      saver.putWrites(at, [['out', new Uint8Array(randomBytes(10_000_000))]], 'task-9'),
    ).rejects.toThrow(StateTooLarge);
  });

  test('deleteThread leaves nothing behind', async () => {
    const documents = memoryDocuments();
    const saver = openSaver(documents);
    const put = checkpoint({ report: noise(2_000_000) });
    const at = await saver.put(start, put, meta, put.channel_versions);
    await saver.putWrites(at, [['out', noise(2_000_000)]], 'task');
    await saver.deleteThread('t');
    expect(await saver.getTuple(start)).toBeUndefined();
    for (const collection of ['checkpoints', 'blobs']) {
      expect(await documents.query({ collection, group: true })).toEqual([]);
    }
  });
});
