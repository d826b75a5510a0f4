import { Annotation, END, MessagesAnnotation, Send, START, StateGraph } from '@langchain/langgraph';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { foldLog, runFromDoc, runPath, type Run, type RunEvent } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { memoryDocuments } from '../adapters/memory/documents.ts';
import { decideCancel } from '../domain/decide.ts';
import { CommitConflict, type Documents } from '../ports/documents.ts';
import { systemClock, type Clock } from '../ports/clock.ts';
import { createRun } from './runs/create-run.ts';
import { served } from '../project/testing/served.ts';
import { RunStore } from './runs/run-store.ts';
import { Worker } from './worker.ts';

const UID = 'ada';
const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  seen: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

interface Lab {
  documents: Documents;
  store: RunStore;
  worker: Worker;
  executed: string[];
  enqueued: string[];
}

/** plan -> two parallel searches -> answer (streams a message of a chat model). */
function lab(
  options: {
    documents?: Documents;
    clock?: Clock;
    node?: (name: string, signal?: AbortSignal) => Promise<void>;
  } = {},
): Lab {
  const documents = options.documents ?? memoryDocuments();
  const executed: string[] = [];
  const step = async (name: string, signal?: AbortSignal) => {
    executed.push(name);
    await options.node?.(name, signal);
  };
  const model = new FakeListChatModel({ responses: ['forty two'] });
  const graph = new StateGraph(State)
    .addNode('plan', async (_state, config) => {
      await step('plan', config.signal);
      config.writer?.({ type: 'progress', text: 'planning', done: 1, total: 2 });
      return { seen: ['plan'] };
    })
    .addNode('search', async (state: { q: string }, config) => {
      await step(`search ${state.q}`, config.signal);
      return { seen: [state.q] };
    })
    .addNode('answer', async (state, config) => {
      await step('answer', config.signal);
      return { messages: [await model.invoke(state.messages, config)] };
    })
    .addEdge(START, 'plan')
    .addConditionalEdges('plan', () => [new Send('search', { q: 'a' }), new Send('search', { q: 'b' })], [
      'search',
    ])
    .addEdge('search', 'answer')
    .addEdge('answer', END)
    .compile();
  const store = new RunStore({ documents, clock: options.clock ?? systemClock, ttlMs: 1_000 });
  const enqueued: string[] = [];
  const worker = new Worker({
    id: `w${Math.random()}`,
    store,
    queue: { enqueue: async (_task, { name }) => void enqueued.push(name), check: async () => {} },
    graphs: { get: () => served(graph) },
    price: () => undefined,
    random: () => 0,
    deadlineMs: 60_000,
    deadlineGraceMs: 1_000,
    graceMs: 1_000,
  });
  return { documents, store, worker, executed, enqueued };
}

async function newRun(store: RunStore): Promise<Run> {
  const body = { assistant_id: 'test', input: { messages: [{ role: 'user', content: 'hello?' }] } };
  return (await createRun(store, { uid: UID, body })).run;
}

async function logOf(store: RunStore, run: Run): Promise<{ run: Run; events: RunEvent[]; document: Run }> {
  const entries = await store.entriesAfter(UID, run.run_id, -1);
  const [doc] = await store.documents.get([runPath(UID, run.run_id)]);
  if (doc === undefined) throw new Error('no run document');
  return {
    run: foldLog(entries),
    events: entries.flatMap((entry) => entry.events),
    document: runFromDoc(doc.fields),
  };
}

const types = (events: RunEvent[]) => events.map((event) => event.type);

describe('a worker', () => {
  it('is shut down while the graph is being loaded -> the run is handed over', async () => {
    const { documents, store } = lab();
    const asked = Promise.withResolvers<void>();
    const worker = new Worker({
      id: 'w',
      store,
      queue: { enqueue: async () => {}, check: async () => {} },
      graphs: {
        get: () => {
          asked.resolve();
          return new Promise(() => undefined);
        },
      },
      price: () => undefined,
      random: () => 0,
      deadlineMs: 60_000,
      deadlineGraceMs: 1_000,
      graceMs: 1_000,
    });
    const created = await newRun(store);
    const handled = worker.handle({ uid: UID, run_id: created.run_id });
    await asked.promise;
    await worker.drained();
    expect(await handled).toEqual({ done: true });
    const [doc] = await documents.get([runPath(UID, created.run_id)]);
    expect(doc === undefined ? undefined : runFromDoc(doc.fields).status).toBe('pending');
  });

  it('A2 A6: pending -> running -> completed: the document is the fold of a dense log', async () => {
    const { store, worker, executed } = lab();
    const created = await newRun(store);
    expect(await worker.handle({ uid: UID, run_id: created.run_id })).toEqual({ done: true });
    const { run, events, document } = await logOf(store, created);
    expect(run.status).toBe('completed');
    expect(document).toEqual(run);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, i) => i + 1));
    expect(executed).toEqual(['plan', 'search a', 'search b', 'answer']);
    expect(run.messages.map(({ type, content }) => [type, content])).toEqual([['ai', 'forty two']]);
    expect(types(events).filter((type) => type === 'node.finished')).toHaveLength(4);
    const text = events.flatMap((event) => (event.type === 'message.delta' ? [event.text] : [])).join('');
    expect(text).toBe('forty two');
  });

  it('E3: a second delivery of the same task does nothing', async () => {
    const { store, worker, executed } = lab();
    const run = await newRun(store);
    await worker.handle({ uid: UID, run_id: run.run_id });
    const before = await logOf(store, run);
    expect(await worker.handle({ uid: UID, run_id: run.run_id })).toEqual({ done: true });
    expect(await logOf(store, run)).toEqual(before);
    expect(executed).toHaveLength(4);
  });

  /** A run whose worker stands in its last step; `kill` lets none of its writes through from then on. */
  async function heldInAnswer() {
    const documents = memoryDocuments();
    let alive = true;
    let reach: () => void = () => {};
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const gone = () => new Promise<never>(() => {});
    const first = lab({
      documents: { ...documents, commit: (writes) => (alive ? documents.commit(writes) : gone()) },
      node: async (name) => {
        if (name !== 'answer') return;
        reach();
        await gone();
      },
    });
    const run = await newRun(first.store);
    void first.worker.handle({ uid: UID, run_id: run.run_id });
    await reached;
    return { documents, run, kill: () => (alive = false) };
  }

  it('D3: killed after a step -> its task comes again, nobody answers, and no finished step is repeated', async () => {
    const { documents, run, kill } = await heldInAnswer();
    kill();
    const second = lab({ documents });
    await second.worker.handle({ uid: UID, run_id: run.run_id });
    const { run: ended, events, document } = await logOf(second.store, run);
    expect(ended.status).toBe('completed');
    expect(document).toEqual(ended);
    expect(second.executed).toEqual(['answer']);
    expect(types(events).filter((type) => type === 'attempt.started')).toHaveLength(2);
  });

  it('E3: a task delivered twice while its worker is silent but alive comes again later', async () => {
    const { documents, run } = await heldInAnswer();
    const second = lab({ documents });
    expect(await second.worker.handle({ uid: UID, run_id: run.run_id })).toEqual({ done: true });
    expect(second.enqueued).toHaveLength(1);
    expect(second.executed).toEqual([]);
    const { events } = await logOf(second.store, run);
    expect(types(events).filter((type) => type === 'attempt.started')).toHaveLength(1);
  });

  it('E3: taken from a worker that only seemed dead -> it writes nothing more', async () => {
    const { documents, run } = await heldInAnswer();
    const deaf: Documents = { ...documents, watch: () => () => undefined };
    const second = lab({ documents: deaf, clock: { ...systemClock, now: () => Date.now() + 60_000 } });
    // The entries that it still writes are signs of life; then it is silent.
    while ((await logOf(second.store, run)).run.status === 'running') {
      await second.worker.handle({ uid: UID, run_id: run.run_id });
    }
    const { run: ended, events } = await logOf(second.store, run);
    expect(ended.status).toBe('completed');
    expect(ended.head.seq).toBe(events.length);
    expect(second.executed).toEqual(['answer']);
  });

  it('A5: cancel while a node works aborts it, keeps what was written, and ends the run once', async () => {
    let started: () => void = () => {};
    const working = new Promise<void>((resolve) => (started = resolve));
    const { store, worker } = lab({
      node: async (name, signal) => {
        if (name !== 'answer') return;
        started();
        await new Promise((_, reject) =>
          signal?.addEventListener('abort', () => reject(new Error('aborted'))),
        );
      },
    });
    const created = await newRun(store);
    const handled = worker.handle({ uid: UID, run_id: created.run_id });
    await working;
    await store.append(UID, created.run_id, 'api', ({ run }) => decideCancel(run, UID, Date.now()));
    await handled;
    const { run, events, document } = await logOf(store, created);
    expect(run.status).toBe('cancelled');
    expect(document).toEqual(run);
    expect(types(events).filter((type) => type === 'node.finished')).toHaveLength(3);
    expect(types(events).at(-1)).toBe('run.cancelled');
  });

  it('E6: a commit whose answer was lost is neither repeated nor taken for another worker', async () => {
    const documents = memoryDocuments();
    let calls = 0;
    const lossy: Documents = {
      ...documents,
      commit: async (writes) => {
        await documents.commit(writes);
        calls += 1;
        if (calls % 2 === 0) throw Object.assign(new Error('connection lost'), { code: 14 });
      },
    };
    const { store, worker, executed } = lab({ documents: lossy });
    const created = await newRun(store);
    await worker.handle({ uid: UID, run_id: created.run_id }).catch((error: unknown) => {
      // The claim itself may be the commit whose answer is lost: the task then comes again.
      if (error instanceof CommitConflict) throw error;
    });
    const { run, events } = await logOf(store, created);
    if (run.status !== 'completed') {
      expect(run.status).toBe('running');
      expect(executed).toEqual([]);
      return;
    }
    expect(executed).toHaveLength(4);
    expect(types(events).filter((type) => type === 'node.finished')).toHaveLength(4);
  });

  it('A5: cancelled before it began -> a late task starts nothing', async () => {
    const { store, worker, executed } = lab();
    const created = await newRun(store);
    await store.append(UID, created.run_id, 'api', ({ run }) => decideCancel(run, UID, Date.now()));
    expect(await worker.handle({ uid: UID, run_id: created.run_id })).toEqual({ done: true });
    expect(executed).toEqual([]);
    expect((await logOf(store, created)).run.status).toBe('cancelled');
  });

  it('D5: an error of the graph ends the run as failed, with its reason', async () => {
    const { store, worker } = lab({
      node: async (name) => {
        if (name === 'plan') throw new Error('no plan survives');
      },
    });
    const created = await newRun(store);
    await worker.handle({ uid: UID, run_id: created.run_id });
    const { run } = await logOf(store, created);
    expect(run.status).toBe('failed');
    expect(run.error).toMatchObject({ code: 'graph_error', message: 'no plan survives' });
  });

  it('D5: a network error -> pending with a backoff, enqueued again, then completed from the checkpoint', async () => {
    let failures = 0;
    const { store, worker, enqueued, executed } = lab({
      node: async (name) => {
        if (name === 'answer' && failures++ === 0) {
          throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
        }
      },
    });
    const created = await newRun(store);
    await worker.handle({ uid: UID, run_id: created.run_id });
    const waiting = await logOf(store, created);
    expect(waiting.run.status).toBe('pending');
    expect(waiting.document).toEqual(waiting.run);
    expect(enqueued).toHaveLength(1);
    await expect
      .poll(async () => {
        await worker.handle({ uid: UID, run_id: created.run_id });
        return (await logOf(store, created)).run.status;
      })
      .toBe('completed');
    expect(executed.filter((name) => name === 'plan')).toHaveLength(1);
  });
});
