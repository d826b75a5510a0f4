import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import type { Run } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { answerRun, retryRun } from '../../../http/commands.ts';
import { systemClock, type Clock } from '../../../ports/clock.ts';
import type { Documents } from '../../../ports/documents.ts';
import { createRun } from '../../runs/create-run.ts';
import { RunStore } from '../../runs/run-store.ts';
import { StorageError } from '../../../adapters/firestore/storage-error.ts';
import { memoryDocuments } from '../../../adapters/memory/documents.ts';
import { Journal } from '../journal/journal.ts';
import { Lab, UID } from '../../testing/lab.ts';

const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const say = (word: string) => () => ({ said: [word] });

describe('D3: going on', () => {
  it('a step beside a question that had finished is not announced again when the question was answered', async () => {
    const graph = new StateGraph(State)
      .addNode('asks', () => ({ said: [String(interrupt('which?'))] }))
      .addNode('aside', say('aside'))
      .addEdge(START, 'asks')
      .addEdge(START, 'aside')
      .addEdge('asks', END)
      .compile();
    const lab = new Lab({ graph });
    const asked = await lab.work(await lab.create({}));
    const [question] = asked.interrupts;
    await answerRun(lab, UID, asked.run_id, { [question?.id ?? '']: 'this' });
    const ended = await lab.work(asked);
    expect(ended.output).toMatchObject({ said: expect.arrayContaining(['this', 'aside']) as unknown });
    const events = await lab.events(asked);
    const of = (type: string) => events.filter((e) => e.type === type && 'node' in e && e.node === 'aside');
    expect(of('node.started')).toHaveLength(1);
    expect(of('node.finished')).toHaveLength(1);
    expect(ended.nodes).toEqual([]);
  });

  it('G4: tried again at a step that asks, the answer is taken', async () => {
    let fails = true;
    const graph = new StateGraph(State)
      .addNode('first', say('first'))
      .addNode('asks', () => {
        if (fails) throw new Error('not yet');
        return { said: [String(interrupt('which?'))] };
      })
      .addEdge(START, 'first')
      .addEdge('first', 'asks')
      .addEdge('asks', END)
      .compile();
    const lab = new Lab({ graph });
    const failed = await lab.work(await lab.create({}));
    expect(failed.status).toBe('failed');
    fails = false;
    const { run } = await retryRun(lab, failed);
    const asked = await lab.work(run);
    expect(asked.status).toBe('interrupted');
    await answerRun(lab, UID, run.run_id, { [asked.interrupts[0]?.id ?? '']: 'this' });
    const ended = await lab.work(run);
    expect(ended.status).toBe('completed');
    expect(ended.output).toMatchObject({ said: ['first', 'this'] });
  });

  it('tried again and disturbed after the step within a node that took the answer, it goes on', async () => {
    let useless = true;
    let disturbed = true;
    const inner = new StateGraph(State)
      .addNode('asks', () => {
        const answer = String(interrupt('which?'));
        if (useless) throw new Error('no use');
        return { said: [answer] };
      })
      .addNode('after', () => {
        if (disturbed) {
          disturbed = false;
          throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
        }
        return { said: ['after'] };
      })
      .addEdge(START, 'asks')
      .addEdge('asks', 'after')
      .addEdge('after', END)
      .compile();
    const graph = new StateGraph(State)
      .addNode('inner', inner)
      .addEdge(START, 'inner')
      .addEdge('inner', END)
      .compile();
    const lab = new Lab({ graph, clock: impatient() });
    const asked = await lab.work(await lab.create({}));
    await answerRun(lab, UID, asked.run_id, { [asked.interrupts[0]?.id ?? '']: 'this' });
    const failed = await lab.work(asked);
    expect(failed.status).toBe('failed');
    useless = false;
    const { run } = await retryRun(lab, failed);
    const ended = await lab.work(run);
    expect(ended).toMatchObject({ error: null, attempt: 2, status: 'completed' });
    expect(ended.output).toMatchObject({ said: ['this', 'after'] });
  });

  it('a worker whose clock is behind repeats no step of the one before it', async () => {
    const done: string[] = [];
    let fails = true;
    const graph = new StateGraph(State)
      .addNode('one', () => (done.push('one'), { said: ['one'] }))
      .addNode('two', () => {
        if (fails) throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
        done.push('two');
        return { said: ['two'] };
      })
      .addNode('three', () => (done.push('three'), { said: ['three'] }))
      .addEdge(START, 'one')
      .addEdge('one', 'two')
      .addEdge('two', 'three')
      .addEdge('three', END)
      .compile();
    const documents = memoryDocuments();
    const ahead = new Lab({ graph, documents });
    const realNow = Date.now;
    // LangGraph makes its ids with the clock of the process.
    Date.now = () => realNow() + 1_500;
    let run: Run;
    try {
      run = await ahead.create({});
      await ahead.worker.handle({ uid: UID, run_id: run.run_id });
    } finally {
      Date.now = realNow;
    }
    fails = false;
    const behind = new Lab({ graph, documents });
    await expect.poll(async () => (await behind.work(run)).status, { interval: 200 }).toBe('completed');
    expect(done).toEqual(['one', 'two', 'three']);
    const { said } = (await behind.read(run)).output as { said: string[] };
    expect(said).toEqual(['one', 'two', 'three']);
    const at = (await behind.events(run)).map((event) => event.at);
    expect(at).toEqual([...at].sort((a, b) => a - b));
  });

  it('D5: a step that never ends within the time of a worker fails the run at last', async () => {
    const graph = new StateGraph(State)
      .addNode('endless', async (_state, { signal }) => {
        await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('abort'))));
        return {};
      })
      .addEdge(START, 'endless')
      .addEdge('endless', END)
      .compile();
    const lab = new Lab({ graph, deadlineMs: 20, graceMs: 20, clock: impatient() });
    const run = await lab.work(await lab.create({}));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'step_too_long' } });
  });

  it('D5: a storage that fails again and again does not make the run a poison run', async () => {
    const documents = memoryDocuments();
    let outages = 8;
    const flapping: Documents = {
      ...documents,
      query: (query) =>
        query.collection.endsWith('/checkpoints') && outages-- > 0
          ? Promise.reject(new StorageError(Object.assign(new Error('no answer'), { code: 14 })))
          : documents.query(query),
    };
    const graph = new StateGraph(State)
      .addNode('a', say('a'))
      .addEdge(START, 'a')
      .addEdge('a', END)
      .compile();
    const lab = new Lab({ graph, documents: flapping, clock: impatient() });
    const run = await lab.work(await lab.create({}));
    expect(run.status).toBe('completed');
    const errors = (await lab.events(run)).flatMap((e) =>
      e.type === 'attempt.ended' ? [e.error?.code] : [],
    );
    expect(errors).toEqual(Array.from({ length: 8 }, () => 'storage_unavailable'));
  });

  it('what comes after the outcome of an attempt is no part of the run', async () => {
    const lab = new Lab({
      graph: new StateGraph(State).addNode('a', say('a')).addEdge(START, 'a').compile(),
    });
    const run = await lab.create({});
    const journal = new Journal({ store: lab.store, run, writer: 'w:1' });
    journal.push({ type: 'attempt.started', at: Date.now(), attempt: 1, worker: 'w' });
    journal.push({ type: 'run.cancelled', at: Date.now() });
    journal.seal();
    journal.push({ type: 'checkpoint', at: Date.now(), checkpoint_id: 'x', checkpoint_ns: '', step: 1 });
    journal.stage([{ op: 'set', path: 'users/ada/x/y', fields: {} }]);
    await journal.flush();
    expect((await lab.events(run)).at(-1)?.type).toBe('run.cancelled');
    expect(await lab.documents.get(['users/ada/x/y'])).toEqual([undefined]);
  });
});

describe('G4: a run that rests', () => {
  it('costs nothing: an attempt whose beat was under way as it ended beats no more', async () => {
    const documents = memoryDocuments();
    const timers = new Set<() => void>();
    let time = Date.now();
    const clock: Clock = {
      now: () => time,
      after: (_ms, callback) => {
        timers.add(callback);
        return () => void timers.delete(callback);
      },
    };
    let asked = () => {};
    let release = () => {};
    const held: Documents = {
      ...documents,
      get: async (paths) => {
        asked();
        await new Promise<void>((resolve) => (release = resolve));
        return await documents.get(paths);
      },
    };
    const { store } = new Lab({ graph: {}, documents });
    const { run } = await createRun(store, { uid: UID, body: { assistant_id: 'lab' } });
    const journal = new Journal({
      store: new RunStore({ documents: held, clock, ttlMs: 1_000 }),
      run,
      writer: 'w:1',
    });
    journal.open();
    const beating = new Promise<void>((resolve) => (asked = resolve));
    time += 60_000;
    for (const fire of timers) {
      timers.delete(fire);
      fire();
    }
    await beating;
    journal.close();
    const next = new Promise<void>((resolve) => (asked = resolve));
    release();
    await next;
    release();
    await new Promise((resolve) => setImmediate(resolve));
    expect(timers.size).toBe(0);
  });
});

/** A clock on which what is to be tried again later is due at once. */
function impatient() {
  let ahead = 0;
  return { ...systemClock, now: () => Date.now() + (ahead += 5_000) };
}
