import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { runPath, type Run } from '@longrun/shared';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { answerRun, cancelRun } from '../http/commands.ts';
import { systemClock, type Clock } from '../ports/clock.ts';
import type { RunTask, TaskQueue, WebhookTask } from '../ports/task-queue.ts';
import { sweep } from '../runtime/liveness/sweep.ts';
import { createRun } from '../runtime/runs/create-run.ts';
import { Lab } from '../runtime/testing/lab.ts';
import { shareOf } from './share-fields.ts';
import { dispatchCreated } from './share.ts';
import { testQuotas } from './testing.ts';

/** As Cloud Tasks: first in, first out, so many at a time, and no name twice. No priorities. */
class Queue implements TaskQueue {
  readonly waiting: RunTask[] = [];
  readonly #names = new Set<string>();
  #free: number;
  deliver: (task: RunTask) => Promise<unknown> = () => Promise.reject(new Error('Nobody takes tasks.'));

  constructor(slots: number) {
    this.#free = slots;
  }

  async enqueue(task: RunTask | WebhookTask, { name }: { name: string }): Promise<void> {
    if (this.#names.has(name)) return;
    this.#names.add(name);
    this.waiting.push(task);
    this.#next();
  }

  async check(): Promise<void> {}

  #next(): void {
    if (this.#free === 0) return;
    const task = this.waiting.shift();
    if (task === undefined) return;
    this.#free -= 1;
    void this.deliver(task).finally(() => {
      this.#free += 1;
      this.#next();
    });
  }
}

/** Owners of runs in the order in which their step began, and how to let one go on. */
let began: { uid: string; run: string; end: () => void }[];
/** How many steps of an owner were under way at the same time, at most. */
let most: Map<string, number>;
let underWay: string[];
let allEnd: boolean;
beforeEach(() => {
  began = [];
  most = new Map();
  underWay = [];
  allEnd = false;
});

/** Lets every step end, also those that begin later. */
function endAll(): void {
  allEnd = true;
  for (const { end } of began) end();
}

const graph = new StateGraph(Annotation.Root({ ask: Annotation<boolean>, n: Annotation<number> }))
  .addNode('work', async ({ ask }, { configurable }) => {
    if (ask) interrupt('Shall I?');
    const { promise, resolve } = Promise.withResolvers<void>();
    const uid = String(configurable?.['user_id']);
    began.push({ uid, run: String(configurable?.['run_id']), end: resolve });
    underWay.push(uid);
    most.set(uid, Math.max(most.get(uid) ?? 0, underWay.filter((other) => other === uid).length));
    if (!allEnd) await promise;
    underWay.splice(underWay.indexOf(uid), 1);
    return { n: 1 };
  })
  .addEdge(START, 'work')
  .addEdge('work', END)
  .compile();

const SLOW = { timeout: 60_000, interval: 5 };

function office(slots: number, limit: number, clock: Clock = systemClock) {
  const queue = new Queue(slots);
  const lab = new Lab({ graph, queue, clock });
  queue.deliver = (task) => lab.worker.handle(task);
  const quotas = testQuotas(lab.documents, { user: { running_at_once: limit } }, { clock });
  const create = async (uid: string, input: object = {}): Promise<Run> => {
    const made = await createRun(lab.store, {
      uid,
      body: { assistant_id: 'lab', input: { ask: false, ...input } },
      quotas: { quotas, anonymous: false },
    });
    await dispatchCreated(lab.store, queue, made);
    return made.run;
  };
  const status = async ({ owner, run_id }: Run) => (await lab.store.require(owner, run_id)).run.status;
  const waits = async ({ owner, run_id }: Run) => {
    const [document] = await lab.documents.get([runPath(owner, run_id)]);
    return shareOf(document?.fields ?? {}).waits;
  };
  const until = (check: () => void | Promise<void>) => vi.waitFor(check, SLOW);
  return { queue, lab, create, status, waits, until };
}

describe('a user with many runs', () => {
  test('100 of ada, then one of bob -> that of bob begins at once; none of ada is lost, two run at a time', async () => {
    const { create, status, until } = office(4, 2);
    const hers: Run[] = [];
    for (let i = 0; i < 100; i += 1) hers.push(await create('ada'));
    await create('bob');
    await until(() => expect(began.map(({ uid }) => uid).toSorted()).toEqual(['ada', 'ada', 'bob']));
    endAll();
    await until(async () =>
      expect(new Set(await Promise.all(hers.map(status)))).toEqual(new Set(['completed'])),
    );
    expect(most.get('ada')).toBe(2);
    // Each once; neighbours may change places, since two begin at a time.
    const begun = began.filter(({ uid }) => uid === 'ada').map(({ run }) => run);
    expect(begun.toSorted()).toEqual(hers.map((run) => run.run_id).toSorted());
  }, 120_000);

  test('as many may run as there are slots -> that of another begins as soon as one slot is free', async () => {
    const { create, until } = office(3, 3);
    for (let i = 0; i < 20; i += 1) await create('ada');
    await until(() => expect(began.length).toBe(3));
    await create('bob');
    began[0]?.end();
    await until(() => expect(began.length).toBe(4));
    expect(began[3]?.uid).toBe('bob');
  });

  test('those that wait have no task in the queue', async () => {
    const { queue, create, waits, until } = office(1, 1);
    await create('ada');
    await until(() => expect(began.length).toBe(1));
    const second = await create('ada');
    expect(await waits(second)).toBe(0);
    expect(queue.waiting).toEqual([]);
  });
});

describe('waits for its share ->', () => {
  test('begins when the run before it asks a person; the answer waits in turn', async () => {
    const { lab, queue, create, status, waits, until } = office(4, 1);
    const asking = await create('ada', { ask: true });
    const second = await create('ada');
    await until(() => expect(began.map(({ run }) => run)).toEqual([second.run_id]));
    expect(await status(asking)).toBe('interrupted');
    const { interrupts } = (await lab.store.require('ada', asking.run_id)).run;
    await answerRun({ store: lab.store, queue }, 'ada', asking.run_id, {
      [String(interrupts[0]?.id)]: 'yes',
    });
    await until(async () => expect(await waits(asking)).toBe(0));
    began[0]?.end();
    // A graph is told the id of the turn that the answer began.
    const { turns } = (await lab.store.require('ada', asking.run_id)).run;
    await until(() => expect(began.map(({ run }) => run)).toEqual([second.run_id, turns.at(-1)?.run_id]));
    began[1]?.end();
    await until(async () => expect(await status(asking)).toBe('completed'));
  });

  test('cancelled: ends at once, and is not begun', async () => {
    const { lab, queue, create, status, waits, until } = office(4, 1);
    await create('ada');
    await until(() => expect(began.length).toBe(1));
    const second = await create('ada');
    const third = await create('ada');
    await cancelRun({ store: lab.store, queue }, 'ada', second.run_id);
    expect([await status(second), await waits(second)]).toEqual(['cancelled', null]);
    began[0]?.end();
    await until(() => expect(began[1]?.run).toBe(third.run_id));
  });

  test('whoever ended before it died -> the sweeper begins it, and not before there is a place', async () => {
    let now = Date.now();
    const { lab, queue, create, until } = office(4, 1, { ...systemClock, now: () => now });
    await create('ada');
    await until(() => expect(began.length).toBe(1));
    const second = await create('ada');
    now += 31_000;
    const dueAt = async (runId: string) =>
      Date.parse(String((await lab.documents.get([runPath('ada', runId)]))[0]?.fields['wake_at']));
    await until(async () => expect(await dueAt(String(began[0]?.run))).toBeGreaterThan(now));
    await sweep(lab.store, queue);
    expect(began.length).toBe(1);
    // It waits rightly: all that changes is when it is looked at again.
    expect(await dueAt(second.run_id)).toBeGreaterThan(now + 60_000);
    const [first] = began;
    await lab.store.append('ada', String(first?.run), 'dead', () => [
      { type: 'run.completed', at: now, output: 1 },
    ]);
    now += 600_000;
    await sweep(lab.store, queue);
    await until(() => expect(began[1]?.run).toBe(second.run_id));
  });
});
