import { Annotation, END, Send, START, StateGraph } from '@langchain/langgraph';
import { emptyCheckpoint } from '@langchain/langgraph-checkpoint';
import { describe, expect, test } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { documentSize, MAX_DOCUMENT_BYTES } from '../../adapters/memory/size.ts';
import { retryRun } from '../../http/commands.ts';
import { Lab } from '../testing/lab.ts';
import { checkpointsOf, isWritesKey } from './keys.ts';
import { countDocuments, openSaver, randomText } from './testing.ts';

const thread = 'users/u/threads/t';
const start = { configurable: { thread_id: 't', checkpoint_ns: '' } };
const meta = { source: 'loop' as const, step: 0, parents: {} };

async function open(documents = memoryDocuments()) {
  const saver = openSaver(documents);
  const at = await saver.put(start, { ...emptyCheckpoint(), id: '1' }, meta, {});
  return { saver, at, documents };
}
const partsOf = async (documents: ReturnType<typeof memoryDocuments>) =>
  (await documents.query({ collection: checkpointsOf(thread) })).filter(({ path }) => isWritesKey(path));

describe('what the tasks of one step write', () => {
  test('small -> one document', async () => {
    const { saver, at, documents } = await open();
    for (let i = 0; i < 50; i += 1) await saver.putWrites(at, [['list', [i]]], `task-${i}`);
    expect(await partsOf(documents)).toHaveLength(1);
  });

  test('more than one document holds -> several, read back as one by id, as the latest, and in a list', async () => {
    const { saver, at, documents } = await open();
    const text = randomText(5);
    const written = Array.from({ length: 300 }, (_, i) => [`task-${i}`, 'list', text(20_000)] as const);
    for (const [task, channel, value] of written) await saver.putWrites(at, [[channel, value]], task);
    const parts = await partsOf(documents);
    expect(parts.length).toBeGreaterThan(1);
    for (const { path, fields } of parts) expect(documentSize(path, fields)).toBeLessThan(MAX_DOCUMENT_BYTES);
    const { documents: counted, counts } = countDocuments(documents);
    const other = openSaver(counted);
    const expected = written.toSorted(([a], [b]) => (a < b ? -1 : 1));
    expect((await other.getTuple(at))?.pendingWrites).toEqual(expected);
    expect(counts.read).toBe(parts.length + 1);
    expect((await other.getTuple(start))?.pendingWrites).toEqual(expected);
    for await (const tuple of other.list(start)) expect(tuple.pendingWrites).toEqual(expected);
    await other.deleteThread('t');
    expect(await documents.query({ collection: checkpointsOf(thread) })).toEqual([]);
  });

  test('by a saver that knows nothing of what an earlier one wrote -> all stays, and goes on in the last document', async () => {
    const { saver, at, documents } = await open();
    const text = randomText(6);
    for (let i = 0; i < 200; i += 1) await saver.putWrites(at, [['list', text(20_000)]], `a-${i}`);
    const before = (await partsOf(documents)).length;
    const later = openSaver(documents);
    for (let i = 0; i < 20; i += 1) await later.putWrites(at, [['list', i]], `b-${i}`);
    expect((await partsOf(documents)).length).toBe(before);
    expect((await openSaver(documents).getTuple(at))?.pendingWrites).toHaveLength(220);
  });

  test('more of a task whose document is full -> it moves, and is read once, with all that it wrote', async () => {
    const { saver, at, documents } = await open();
    const text = randomText(7);
    const first = text(20_000);
    await saver.putWrites(at, [['list', first]], 'early');
    for (let i = 0; i < 200; i += 1) await saver.putWrites(at, [['list', text(20_000)]], `task-${i}`);
    const question = text(200_000);
    await saver.putWrites(at, [['__interrupt__', question]], 'early');
    for (const reader of [saver, openSaver(documents)]) {
      const pending = (await reader.getTuple(at))?.pendingWrites ?? [];
      expect(pending.filter(([task]) => task === 'early')).toEqual([
        ['early', 'list', first],
        ['early', '__interrupt__', question],
      ]);
      expect(pending).toHaveLength(202);
    }
  });

  test('come back in the order in which LangGraph applies them: by path, whatever the ids', async () => {
    const { saver, at, documents } = await open();
    await saver.putWrites(at, [['list', 'third']], 'a', '~__pregel_pull, z');
    await saver.putWrites(at, [['list', 'second']], 'c', '~__pregel_pull, b');
    await saver.putWrites(at, [['list', 'first']], 'b');
    for (const reader of [saver, openSaver(documents)]) {
      const pending = (await reader.getTuple(at))?.pendingWrites;
      expect(pending?.map(([, , value]) => value)).toEqual(['first', 'second', 'third']);
    }
  });
});

describe('a step of 1,500 tasks with three texts each', () => {
  const n = 1_500;
  const list = () => Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] });
  const State = Annotation.Root({ titles: list(), summaries: list(), verdicts: list() });
  const graphOf = (before: (i: number) => Promise<void>) =>
    new StateGraph(State)
      .addNode('plan', () => ({}))
      .addNode('read', async ({ i }: { i: number } & typeof State.State) => {
        await before(i);
        return {
          titles: [`${i} ${'t'.repeat(200)}`],
          summaries: [`${i} ${'s'.repeat(200)}`],
          verdicts: [`${i} ${'v'.repeat(200)}`],
        };
      })
      .addNode('count', ({ titles }) => ({ titles: [`${titles.length} read`] }))
      .addEdge(START, 'plan')
      .addConditionalEdges('plan', () => Array.from({ length: n }, (_, i) => new Send('read', { i })), [
        'read',
      ])
      .addEdge('read', 'count')
      .addEdge('count', END)
      .compile();

  test('of which one fails -> tried again, only that one is executed again, and the run ends well', async () => {
    const executed: number[] = [];
    const documents = memoryDocuments();
    /** Tasks whose writes are stored. */
    const stored = async () => {
      const found = await documents.query({ collection: 'checkpoints', group: true });
      const fields = found
        .filter(({ path }) => isWritesKey(path))
        .flatMap((part) => Object.keys(part.fields));
      return fields.filter((name) => name.startsWith('task:')).length;
    };
    const graph = graphOf(async (i) => {
      executed.push(i);
      if (executed.length !== n) return;
      await expect.poll(stored, { interval: 200 }).toBeGreaterThanOrEqual(n - 1);
      throw new Error('the last one fails once');
    });
    const lab = new Lab({ graph, documents });
    const failed = await lab.work(await lab.create({ input: {} }));
    expect(failed).toMatchObject({ status: 'failed', error: { message: 'the last one fails once' } });
    const run = await lab.work((await retryRun(lab, failed)).run);
    expect([run.status, run.error]).toEqual(['completed', null]);
    expect(executed).toHaveLength(n + 1);
  });
});
