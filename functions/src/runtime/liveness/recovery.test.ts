import { readFileSync } from 'node:fs';
import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { runPath, type Run } from '@longrun/shared';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { MAX_DEATHS, MAX_LOST, SWEEP_AGAIN_MS } from '../../domain/limits.ts';
import { answerRun, cancelRun } from '../../http/commands.ts';
import { systemClock } from '../../ports/clock.ts';
import { createRun } from '../runs/create-run.ts';
import { startRun } from '../runs/start-run.ts';
import { turnsOf } from '../runs/turns.ts';
import { Lab, UID } from '../testing/lab.ts';
import type { AloneEnd, Keeper } from './alone.ts';
import { renewLeases } from './renew.ts';
import { sweep } from './sweep.ts';

const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
/** Each line of the header of `claim.ts`, up to its colon. */
const tested: string[] = [];
const line = (text: string, test: () => Promise<void>) => {
  tested.push(text);
  it(text, test);
};

/** Workers on one store, as they are in a fleet. `body` is the only step of their graph. */
class Fleet {
  readonly documents = memoryDocuments();
  ahead = 0;
  readonly #body: (signal?: AbortSignal) => Promise<string>;
  readonly #clock = { ...systemClock, now: () => Date.now() + this.ahead };

  constructor(body: (signal?: AbortSignal) => Promise<string> = async () => 'done') {
    this.#body = body;
  }

  lab(options: Partial<ConstructorParameters<typeof Lab>[0]> = {}): Lab {
    const graph = new StateGraph(State)
      .addNode('step', async (_state, { signal }) => ({ said: [await this.#body(signal)] }))
      .addEdge(START, 'step')
      .addEdge('step', END)
      .compile();
    return new Lab({ graph, documents: this.documents, clock: this.#clock, ...options });
  }

  /** A worker that executes the run and stands in its step. `kill`: nothing of it is heard from then on. */
  async holding(id = 'holder'): Promise<{ lab: Lab; run: Run; kill: () => void; handled: Promise<unknown> }> {
    let alive = true;
    const never = () => new Promise<never>(() => undefined);
    const { documents } = this;
    const lab = this.lab({
      id,
      documents: {
        ...documents,
        commit: (writes) => (alive ? documents.commit(writes) : never()),
        get: (paths) => (alive ? documents.get(paths) : never()),
      },
    });
    const run = await lab.create();
    const handled = lab.worker.handle(taskOf(run));
    await expect.poll(async () => (await lab.read(run)).nodes.length).toBe(1);
    return { lab, run, kill: () => (alive = false), handled };
  }
}

const taskOf = (run: Run) => ({ uid: run.owner, run_id: run.run_id });
const attemptsOf = async (lab: Lab, run: Run) =>
  (await lab.events(run)).filter((event) => event.type === 'attempt.started');

/** A step that waits until it is let on, or told to stop. */
function gate() {
  const open = Promise.withResolvers<void>();
  const body = async (signal?: AbortSignal) => {
    const stopped = new Promise<never>((_, reject) =>
      signal?.addEventListener('abort', () => reject(new Error('told to stop'))),
    );
    await Promise.race([open.promise, stopped]);
    return 'done';
  };
  return { body, open: open.resolve };
}

describe('a run, whatever dies', () => {
  let fleet: Fleet;
  beforeEach(() => void (fleet = new Fleet()));

  line('Pending, its task is in the queue', async () => {
    const lab = fleet.lab();
    expect((await lab.work(await lab.create())).status).toBe('completed');
  });

  line('Pending, its task was never made', async () => {
    const lab = fleet.lab();
    const run = await lab.create();
    expect(await sweep(lab.store, lab.queue)).toBe(0);
    fleet.ahead += 60_000;
    expect(await sweep(lab.store, lab.queue)).toBe(1);
    expect(await sweep(lab.store, lab.queue)).toBe(0);
    fleet.ahead += SWEEP_AGAIN_MS;
    expect(await sweep(lab.store, lab.queue)).toBe(1);
    expect(lab.tasks).toEqual([taskOf(run), taskOf(run)]);
  });

  line('Pending until `retry_at`, its task came too early', async () => {
    let failed = false;
    fleet = new Fleet(async () => {
      if (failed) return 'done';
      failed = true;
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    });
    const lab = fleet.lab();
    const run = await lab.create();
    expect((await lab.work(run)).status).toBe('pending');
    const before = lab.later.length;
    expect(await lab.worker.handle(taskOf(run))).toEqual({ done: true });
    expect(lab.later).toHaveLength(before + 1);
    fleet.ahead += 60_000;
    expect((await lab.work(run)).status).toBe('completed');
  });

  line('Pending until `start_at`, its task came too early', async () => {
    const lab = fleet.lab();
    const { run, turn } = await startRun(lab, {
      uid: UID,
      body: { assistant_id: 'lab' },
      api: { request: {}, assistantId: 'uuid', startAt: Date.now() + 3_600_000 },
    });
    expect(turnsOf(run)).toMatchObject([{ run_id: turn, status: 'pending', created_at: run.start_at }]);
    expect([lab.tasks, lab.later]).toEqual([[], [taskOf(run)]]);
    expect(await lab.worker.handle(taskOf(run))).toEqual({ done: true });
    expect(lab.later).toHaveLength(2);
    fleet.ahead += 3_500_000;
    expect(await sweep(lab.store, lab.queue)).toBe(0);
    expect((await lab.read(run)).attempt).toBe(0);
    fleet.ahead += 200_000;
    expect(await sweep(lab.store, lab.queue)).toBe(1);
    expect((await lab.work(run)).status).toBe('completed');
  });

  line('Pending behind another run of its thread', async () => {
    const { body, open } = gate();
    fleet = new Fleet(body);
    const { lab, run, handled } = await fleet.holding();
    const next = await createRun(lab.store, {
      uid: UID,
      body: { assistant_id: 'lab', thread_id: run.thread_id, multitask_strategy: 'enqueue' },
    });
    await lab.worker.handle(taskOf(next.run));
    fleet.ahead += 60_000;
    expect(await sweep(lab.store, { ...lab.queue, enqueue: () => Promise.reject(new Error('no')) })).toBe(0);
    open();
    await handled;
    expect(lab.tasks).toContainEqual(taskOf(next.run));
    expect((await lab.work(next.run)).status).toBe('completed');
  });

  line('Running, a second task comes to the holder itself', async () => {
    const { body, open } = gate();
    fleet = new Fleet(body);
    const { lab, run, handled } = await fleet.holding();
    fleet.ahead += 200_000;
    expect(await lab.worker.handle(taskOf(run))).toEqual({ done: true });
    expect(lab.later).toEqual([taskOf(run)]);
    open();
    await handled;
    expect(await attemptsOf(lab, run)).toHaveLength(1);
    expect((await lab.read(run)).status).toBe('completed');
  });

  line('Running, a second task comes to another worker', async () => {
    const { body, open } = gate();
    fleet = new Fleet(body);
    const { run, handled } = await fleet.holding();
    const other = fleet.lab({ id: 'other' });
    // Also when the lease is over, as after the machine slept.
    fleet.ahead += 200_000;
    expect(await other.worker.handle(taskOf(run))).toEqual({ done: true });
    expect(other.later).toEqual([taskOf(run)]);
    open();
    await handled;
    expect(await attemptsOf(other, run)).toHaveLength(1);
  });

  line("Running, and the holder's event loop is blocked", async () => {
    fleet = new Fleet(gate().body);
    const blocked = await fleet.holding();
    blocked.kill();
    const other = fleet.lab({ id: 'other' });
    const asked = other.worker.handle(taskOf(blocked.run));
    // As its thread does, which knows what is held.
    const held = [{ ...taskOf(blocked.run), attempt: 1 }];
    const thread = setInterval(() => void renewLeases(fleet.documents, held, Date.now() + fleet.ahead), 200);
    try {
      await asked;
    } finally {
      clearInterval(thread);
    }
    expect(await attemptsOf(other, blocked.run)).toHaveLength(1);
    expect(other.later).toEqual([taskOf(blocked.run)]);
  });

  line('Running, and the holder is dead', async () => {
    const { run, kill } = await holdingFirst();
    kill();
    const other = fleet.lab({ id: 'other' });
    expect((await other.work(run)).status).toBe('completed');
    expect(await attemptsOf(other, run)).toHaveLength(2);
  });

  line('Running, the holder is dead and no task is left', async () => {
    const { run, kill } = await holdingFirst();
    kill();
    const other = fleet.lab({ id: 'other' });
    const waiting = await Promise.all(Array.from({ length: 250 }, () => other.create()));
    fleet.ahead += 60_000;
    await sweep(other.store, other.queue);
    expect(other.tasks).toContainEqual(taskOf(run));
    await sweep(other.store, other.queue);
    // All that wait are enqueued by now, each once.
    for (const each of waiting)
      expect(other.tasks.filter(({ run_id }) => run_id === each.run_id)).toHaveLength(1);
    expect(await sweep(other.store, other.queue)).toBe(0);
    expect((await other.work(run)).status).toBe('completed');
  });

  line('Running, and the holder was taken for dead but lives', async () => {
    const { body, open } = gate();
    let first = true;
    fleet = new Fleet(async (signal) => {
      if (!first) return 'second';
      first = false;
      return await body(signal);
    });
    const { run, handled } = await fleet.holding();
    // It does not see the holder's answer.
    const deaf = fleet.lab({ id: 'deaf', documents: { ...fleet.documents, watch: () => () => undefined } });
    while ((await deaf.read(run)).status === 'running') await deaf.worker.handle(taskOf(run));
    open();
    await handled;
    const ended = await deaf.read(run);
    expect(ended.output).toMatchObject({ said: ['second'] });
    expect(ended.head.seq).toBe((await deaf.events(run)).length);
  });

  line('Running, and the holder is told to stop', async () => {
    const { body } = gate();
    fleet = new Fleet(body);
    const lab = fleet.lab({ graceMs: 10 });
    const [one, two] = [await lab.create(), await lab.create()];
    void lab.worker.handle(taskOf(one));
    await expect.poll(async () => (await lab.read(one)).nodes.length).toBe(1);
    // This task comes in the same turn.
    const just = lab.worker.handle(taskOf(two));
    await lab.worker.drained();
    await just;
    expect((await lab.read(one)).status).toBe('pending');
    expect((await lab.read(two)).status).toBe('pending');
    expect([...lab.tasks, ...lab.later]).toEqual(expect.arrayContaining([taskOf(one), taskOf(two)]));
  });

  line('Lost twice in a row', async () => {
    const { run } = await lostTwice();
    const { keeper, executed } = keeperOf((task) => fleet.lab({ id: 'child' }).worker.handle(task));
    const other = fleet.lab({ id: 'other', keeper });
    expect((await other.work(run)).status).toBe('completed');
    expect(executed).toEqual([run.run_id]);
    expect((await attemptsOf(other, run)).at(-1)).toMatchObject({ alone: true, worker: 'child' });
  });

  line('Died alone', async () => {
    const { run } = await lostTwice();
    let deaths = 0;
    const { keeper } = keeperOf(async (task, worker) => {
      deaths += 1;
      const child = fleet.lab({ id: worker });
      await child.store.append(task.uid, task.run_id, worker, ({ run: { attempt } }) => [
        { type: 'attempt.started', at: Date.now() + fleet.ahead, attempt: attempt + 1, worker, alone: true },
        { type: 'node.started', at: Date.now() + fleet.ahead, task: 't', node: 'step', ns: [] },
      ]);
      return 'ended itself with exit code 7';
    });
    const other = fleet.lab({ id: 'other', keeper });
    await other.work(run);
    for (let i = 1; i < MAX_DEATHS; i += 1) {
      fleet.ahead += 120_000;
      await other.work(run);
    }
    expect(deaths).toBe(MAX_DEATHS);
    const ended = await other.read(run);
    expect(ended.status).toBe('failed');
    expect(ended.error).toMatchObject({
      code: 'process_ended',
      message: expect.stringMatching(/graph "lab" at the step "step" .* exit code 7/) as string,
    });
  });

  line('Lost though alone, with its keeper', async () => {
    const { run, lab } = await lostTwice();
    for (let lost = 2; lost < MAX_LOST; lost += 1) {
      await lab.store.append(UID, run.run_id, `w${lost}`, ({ run: { attempt } }) => [
        { type: 'attempt.started', at: Date.now(), attempt: attempt + 1, worker: `w${lost}`, alone: true },
      ]);
    }
    const ended = await lab.work(run);
    expect(ended.error).toMatchObject({ code: 'attempts_exhausted' });
  });

  line('Cancelled', async () => {
    const { body } = gate();
    fleet = new Fleet(body);
    const { lab, run, handled } = await fleet.holding();
    await cancelRun(lab, UID, run.run_id);
    await handled;
    expect((await lab.read(run)).status).toBe('cancelled');
    const dead = await fleet.holding('second');
    dead.kill();
    const other = fleet.lab({ id: 'other' });
    await cancelRun(other, UID, dead.run.run_id);
    expect((await other.work(dead.run)).status).toBe('cancelled');
    const nobodys = await other.create();
    await cancelRun(other, UID, nobodys.run_id);
    expect((await other.read(nobodys)).status).toBe('cancelled');
  });

  line('Interrupted', async () => {
    const graph = new StateGraph(State)
      .addNode('asks', () => ({ said: [String(interrupt('which?'))] }))
      .addEdge(START, 'asks')
      .addEdge('asks', END)
      .compile();
    const lab = new Lab({ graph });
    const asked = await lab.work(await lab.create());
    expect(asked).toMatchObject({ status: 'interrupted', holder: null });
    await answerRun(lab, UID, asked.run_id, { [asked.interrupts[0]?.id ?? '']: 'this' });
    expect((await lab.work(asked)).status).toBe('completed');
  });

  line('Ended', async () => {
    const lab = fleet.lab();
    const ended = await lab.work(await lab.create());
    const before = await lab.events(ended);
    expect(await lab.worker.handle(taskOf(ended))).toEqual({ done: true });
    expect(await lab.events(ended)).toEqual(before);
    const [doc] = await lab.documents.get([runPath(UID, ended.run_id)]);
    expect(doc?.fields['wake_at']).toBeNull();
  });

  /** Its first execution never ends; the others do. */
  async function holdingFirst() {
    let first = true;
    fleet = new Fleet(async () => {
      if (first) {
        first = false;
        return await new Promise<never>(() => undefined);
      }
      return 'done';
    });
    return await fleet.holding();
  }

  /** Two workers died under the run, the second while nothing says so yet. */
  async function lostTwice() {
    const { run, kill } = await holdingFirst();
    kill();
    const lab = fleet.lab({ id: 'lab' });
    await lab.store.append(UID, run.run_id, 'gone', ({ run: { attempt } }) => [
      { type: 'attempt.started', at: Date.now(), attempt: attempt + 1, worker: 'gone' },
    ]);
    return { run, lab };
  }

  /** A keeper whose processes do `work`; a text says how one died. */
  function keeperOf(work: (task: { uid: string; run_id: string }, worker: string) => Promise<unknown>) {
    const executed: string[] = [];
    const keeper: Keeper = {
      async execute(task, worker): Promise<AloneEnd> {
        executed.push(task.run_id);
        const end = await work(task, worker);
        return typeof end === 'string'
          ? { kind: 'died', reason: end }
          : { kind: 'answered', answer: { done: true } };
      },
      drained: async () => undefined,
    };
    return { keeper, executed };
  }
});

afterAll(() => {
  const source = readFileSync(new URL('claim.ts', import.meta.url), 'utf8');
  const header = source.slice(0, source.indexOf('*/'));
  const lines = [...header.matchAll(/^ \* - (.*?):/gm)].map(([, text]) => text);
  expect(tested).toEqual(lines);
});
