import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { foldLog, inboxPath, isTerminal, logPath, runPath, threadPath, type Run } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { followLog } from '../../http/follow.ts';
import { listRuns } from '../../http/runs-query.ts';
import { deleteThread } from '../../http/threads.ts';
import { systemClock } from '../../ports/clock.ts';
import type { DocumentQuery, Documents } from '../../ports/documents.ts';
import { verifyRun } from '../runs/verify-run.ts';
import { checkpointsOf } from '../saver/keys.ts';
import { Lab, UID } from '../testing/lab.ts';
import { removeRun } from './remove.ts';
import { tidy } from './tidy.ts';

const HOUR = 3_600_000;
const KEEP = 48 * HOUR;
const State = Annotation.Root({ n: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }) });

const graph = new StateGraph(State)
  .addNode('one', () => ({ n: 1 }))
  .addNode('two', () => ({ n: 1 }))
  .addNode('three', () => ({ n: 1 }))
  .addEdge(START, 'one')
  .addEdge('one', 'two')
  .addEdge('two', 'three')
  .addEdge('three', END)
  .compile();

/** A lab whose clock can be set forward. */
function labOf(documents: Documents = memoryDocuments()) {
  let ahead = 0;
  const clock = { ...systemClock, now: () => Date.now() + ahead };
  const lab = new Lab({ graph, documents, clock, ttlMs: KEEP });
  return { lab, forward: (ms: number) => (ahead += ms) };
}

const everything = async ({ documents }: Lab, run: Run): Promise<string[]> => {
  const { owner, run_id, thread_id } = run;
  const found = await Promise.all(
    [logPath(owner, run_id), checkpointsOf(threadPath(owner, thread_id))].map((collection) =>
      documents.query({ collection }),
    ),
  );
  const single = [runPath(owner, run_id), inboxPath(owner, run_id), threadPath(owner, thread_id)];
  return [...found.flat(), ...(await documents.get(single))].flatMap((doc) => (doc ? [doc.path] : []));
};

describe('A9: the housekeeping', () => {
  it('compacts the log of a run that ended an hour ago: fewer entries, the same events and numbers', async () => {
    const { lab, forward } = labOf();
    const run = await lab.work(await lab.create({ thread_id: 'named' }));
    const before = await lab.store.entriesAfter(UID, run.run_id, -1);
    expect(await tidy(lab.store)).toEqual({ compacted: 0, removed: 0 });
    forward(HOUR + 1);
    expect(await tidy(lab.store)).toEqual({ compacted: 1, removed: 0 });
    const after = await lab.store.entriesAfter(UID, run.run_id, -1);
    expect(after).toHaveLength(1);
    expect(after.flatMap(({ events }) => events)).toEqual(before.flatMap(({ events }) => events));
    expect(foldLog(after)).toEqual(run);
    expect(await lab.read(run)).toEqual(run);
    expect(await tidy(lab.store)).toEqual({ compacted: 0, removed: 0 });
  });

  it('a compacted log is followed from any event', async () => {
    const { lab, forward } = labOf();
    const run = await lab.work(await lab.create({}));
    const events = await lab.events(run);
    forward(HOUR + 1);
    await tidy(lab.store);
    for (const { seq } of events.slice(0, -1)) {
      const heard = await new Promise<number[]>((resolve, reject) => {
        const seen: number[] = [];
        followLog(lab.documents, run, seq, {
          onEntry: (entry) => seen.push(...entry.events.map((event) => event.seq)),
          onEnd: () => resolve(seen),
          onError: reject,
        });
      });
      expect(heard.filter((n) => n > seq)).toEqual(events.slice(seq).map((event) => event.seq));
    }
  });

  it('leaves the log of a run alone that was taken from a worker: its entries keep that one from writing', async () => {
    const { lab, forward } = labOf();
    const run = await lab.create({});
    await lab.store.append(UID, run.run_id, 'gone', () => [
      { type: 'attempt.started', at: Date.now(), attempt: 1, worker: 'gone' },
    ]);
    forward(60_000);
    const ended = await lab.work(run);
    expect(ended.status).toBe('completed');
    const { length } = await lab.store.entriesAfter(UID, run.run_id, -1);
    forward(HOUR + 1);
    expect(await tidy(lab.store)).toEqual({ compacted: 0, removed: 0 });
    expect(await lab.store.entriesAfter(UID, run.run_id, -1)).toHaveLength(length);
  });

  it('removes an old run on a thread of its own, with log, checkpoints and thread', async () => {
    const { lab, forward } = labOf();
    const run = await lab.work(await lab.create({}));
    forward(HOUR + 1);
    await tidy(lab.store);
    expect((await everything(lab, run)).length).toBeGreaterThan(3);
    forward(KEEP);
    expect(await tidy(lab.store)).toEqual({ compacted: 0, removed: 1 });
    expect(await everything(lab, run)).toEqual([]);
  });

  it('keeps what is on a thread that someone named, or came back to', async () => {
    const { lab, forward } = labOf();
    const named = await lab.work(await lab.create({ thread_id: 'named' }));
    const first = await lab.work(await lab.create({}));
    const second = await lab.work(await lab.create({ thread_id: first.thread_id }));
    for (let day = 0; day < 4; day += 1) {
      forward(24 * HOUR);
      expect((await tidy(lab.store)).removed).toBe(0);
    }
    for (const run of [named, first, second]) expect(await lab.read(run)).toEqual(run);
  });

  it('stopped in the middle of a removal -> the next one ends it', async () => {
    const documents = memoryDocuments();
    let left = Number.POSITIVE_INFINITY;
    const failing: Documents = {
      ...documents,
      commit: (writes) =>
        left-- > 0 ? documents.commit(writes) : Promise.reject(new Error('the process ended')),
    };
    for (let commits = 0; commits < 6; commits += 1) {
      left = Number.POSITIVE_INFINITY;
      const { lab, forward } = labOf(failing);
      const run = await lab.work(await lab.create({}));
      forward(HOUR + KEEP);
      left = commits;
      await tidy(lab.store);
      left = Number.POSITIVE_INFINITY;
      await tidy(lab.store);
      expect(await everything(lab, run)).toEqual([]);
    }
  });

  it('a run that someone starts on a thread while it is removed is refused, or the thread stays', async () => {
    const { lab } = labOf();
    const run = await lab.work(await lab.create({ thread_id: 't' }));
    const [again, removal] = await Promise.allSettled([
      lab.create({ thread_id: 't' }),
      deleteThread(lab.store, UID, 't'),
    ]);
    const there = await everything(lab, run);
    if (again.status === 'rejected') expect(again.reason).toMatchObject({ code: 'not_found' });
    else if (removal.status === 'rejected') expect(there).toContain(threadPath(UID, 't'));
    expect(again.status === 'fulfilled' || removal.status === 'fulfilled').toBe(true);
  });

  it('a thread with a run that has not ended is not deleted; then it goes with all its runs', async () => {
    const { lab } = labOf();
    const run = await lab.create({ thread_id: 't' });
    await expect(deleteThread(lab.store, UID, 't')).rejects.toMatchObject({ code: 'thread_busy' });
    const ended = await lab.work(run);
    expect(isTerminal(ended.status)).toBe(true);
    await deleteThread(lab.store, UID, 't');
    expect(await everything(lab, run)).toEqual([]);
    await expect(deleteThread(lab.store, UID, 't')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('a removal that is stopped in the middle: the run is gone for readers, also from a thread that stays, and housekeeping ends it', async () => {
    const { lab } = labOf();
    const run = await lab.work(await lab.create({ thread_id: 't' }));
    const dying = {
      ...lab.documents,
      query: (query: DocumentQuery) =>
        query.collection.endsWith('/webhooks')
          ? Promise.reject(new Error('the process ends here'))
          : lab.documents.query(query),
    };
    await expect(removeRun(dying, run)).rejects.toThrow('ends here');
    const [left] = await lab.documents.get([runPath(UID, run.run_id)]);
    expect(left).toBeDefined();
    expect(await lab.store.load(UID, run.run_id)).toBeUndefined();
    expect((await listRuns(lab.documents, UID, { limit: 10 })).runs).toEqual([]);
    expect(await verifyRun(lab.documents, run.run_id, UID)).toBeNull();
    expect(await tidy(lab.store)).toMatchObject({ removed: 1 });
    expect(await lab.documents.get([runPath(UID, run.run_id)])).toEqual([undefined]);
    expect(await lab.documents.get([threadPath(UID, 't')])).not.toEqual([undefined]);
  });

  it('a worker that was thought dead does not bring a removed run back', async () => {
    const { lab } = labOf();
    const run = await lab.work(await lab.create({}));
    await removeRun(lab.documents, run);
    await expect(lab.store.refreshDocument(run)).rejects.toMatchObject({ name: 'CommitConflict' });
    expect(await everything(lab, run)).toEqual([]);
  });
});
