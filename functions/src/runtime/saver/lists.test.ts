import { DeltaSnapshot, emptyCheckpoint, uuid6, type CheckpointTuple } from '@langchain/langgraph-checkpoint';
import { array, assert, asyncProperty, constantFrom, nat, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { openSaver } from './testing.ts';

const start = { configurable: { thread_id: 't', checkpoint_ns: '' } };
const meta = { source: 'loop' as const, step: 0, parents: {} };

/** Puts each list as the next version of one channel; every other time by a saver that knows nothing yet. */
async function putAll(lists: unknown[], fresh = true) {
  const documents = memoryDocuments();
  let saver = openSaver(documents);
  let at: Parameters<typeof saver.put>[0] = start;
  const tuples: (CheckpointTuple | undefined)[] = [];
  for (const [i, list] of lists.entries()) {
    if (fresh && i % 2 === 1) saver = openSaver(documents);
    const checkpoint = {
      ...emptyCheckpoint(),
      id: uuid6(0),
      channel_values: { list },
      channel_versions: { list: i + 1 },
    };
    at = await saver.put(at, checkpoint, meta, { list: i + 1 });
    tuples.push(await openSaver(documents).getTuple(at));
  }
  return tuples.map((tuple) => tuple?.checkpoint.channel_values['list']);
}

const big = (n: number) => ({ n, text: `${n} `.repeat(100) });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => big(from + i));

describe('a list channel comes back as it was put', () => {
  test.each<[string, unknown[][]]>([
    ['appended to', [range(0, 5), range(0, 6), range(0, 40), range(0, 41)]],
    ['unchanged under a new version', [range(0, 20), range(0, 20)]],
    ['changed in the middle', [range(0, 20), [...range(0, 9), big(99), ...range(10, 20)]]],
    ['changed at its start', [range(0, 20), [big(99), ...range(1, 20)]]],
    ['shortened at its end', [range(0, 20), range(0, 7), range(0, 8)]],
    ['shortened at its start', [range(0, 20), range(10, 20), range(10, 30)]],
    ['emptied and filled again', [range(0, 20), [], range(0, 20)]],
    [
      'with undefined, dates as text, nested lists',
      [[...range(0, 9), undefined, [[1], []], null], range(0, 12)],
    ],
    ['with bytes', [[new Uint8Array(2000), new Uint8Array([1, 2, 3])], [new Uint8Array(2000)]]],
  ])('%s', async (_, lists) => {
    expect(await putAll(lists)).toEqual(lists);
  });

  test('turned into something else and back', async () => {
    const values = [range(0, 20), { not: 'a list' }, range(0, 20), 'text', range(0, 21)];
    expect(await putAll(values)).toEqual(values);
  });

  test('wrapped as a DeltaSnapshot', async () => {
    const values = [
      new DeltaSnapshot(range(0, 20)),
      new DeltaSnapshot(range(0, 30)),
      new DeltaSnapshot('text'),
    ];
    const read = await putAll(values);
    expect(read).toEqual(values);
    expect(read.every((value) => value instanceof DeltaSnapshot)).toBe(true);
  });

  test('whose elements were changed in place', async () => {
    const list = range(0, 20);
    const saver = openSaver();
    const put = async (parent: Parameters<typeof saver.put>[0], version: number) =>
      saver.put(
        parent,
        { ...emptyCheckpoint(), id: uuid6(0), channel_values: { list }, channel_versions: { list: version } },
        meta,
        { list: version },
      );
    const first = await put(start, 1);
    const before = structuredClone(list);
    for (const element of list) element.text = 'changed';
    const second = await put(first, 2);
    expect((await saver.get(first))?.channel_values['list']).toEqual(before);
    expect((await saver.get(second))?.channel_values['list']).toEqual(list);
  });

  test('after any edits', async () => {
    const edit = record({ op: constantFrom('append', 'cut', 'drop', 'change'), at: nat(30), count: nat(12) });
    await assert(
      asyncProperty(array(edit, { maxLength: 25 }), async (edits) => {
        let n = 0;
        let list: unknown[] = [];
        const lists = edits.map(({ op, at, count }) => {
          const added = Array.from({ length: count }, () => big(1000 + (n += 1)));
          if (op === 'append') list = [...list, ...added];
          else if (op === 'cut') list = list.slice(0, at);
          else if (op === 'drop') list = list.slice(count);
          else list = [...list.slice(0, at), ...added, ...list.slice(at + count)];
          return list;
        });
        expect(await putAll(lists)).toEqual(lists);
      }),
      { numRuns: 40 },
    );
  });
});
