import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import type { Run } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { memoryDocuments } from '../adapters/memory/documents.ts';
import { cancelRun } from '../http/commands.ts';
import { systemClock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';
import type { RunTask, TaskQueue, WebhookTask } from '../ports/task-queue.ts';
import { removeRun } from '../runtime/housekeeping/remove.ts';
import { Lab, UID } from '../runtime/testing/lab.ts';
import type { SendResult } from './decide.ts';
import { webhookDeliverer } from './deliver.ts';
import { deliveriesPath } from './delivery.ts';
import { listDeliveries } from './list.ts';
import type { Message } from './send.ts';
import { sweepWebhooks } from './sweep.ts';

const State = Annotation.Root({ n: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }) });
const build = (work: () => { n: number }) =>
  new StateGraph(State).addNode('work', work).addEdge(START, 'work').addEdge('work', END).compile();

const OK: SendResult = { status: 200, error: null, ms: 1 };
const DOWN: SendResult = { status: 503, error: 'The receiver answered 503.', ms: 1 };
const WEBHOOK = 'https://example.com/hook';

/** The real worker, queue and deliverer on a store in memory; only the receiver is made up, and time can be set forward. */
function hall(options: { work?: () => { n: number }; documents?: Documents } = {}) {
  let ahead = 0;
  const clock = { ...systemClock, now: () => Date.now() + ahead };
  const lab = new Lab({
    graph: build(options.work ?? (() => ({ n: 1 }))),
    clock,
    documents: options.documents ?? memoryDocuments(),
  });
  const sent: Message[] = [];
  const answers: (SendResult | Promise<SendResult>)[] = [];
  const names = new Set<string>();
  const waiting: { task: RunTask; notBefore: number }[] = [];
  const outage = { on: false };
  lab.queue.enqueue = async (task, { name, notBefore = 0 }) => {
    if (outage.on) throw new Error('the queue is away');
    if (names.has(name)) return;
    names.add(name);
    waiting.push({ task, notBefore });
  };
  const queue: TaskQueue = lab.queue;
  const deliverer = () =>
    webhookDeliverer({
      documents: lab.documents,
      clock,
      queue,
      send: async (message) => {
        sent.push({ id: message.id, url: message.url, body: message.body });
        return (await answers.shift()) ?? OK;
      },
      random: () => 0,
    });
  return {
    lab,
    clock,
    sent,
    answers,
    outage,
    waiting,
    forward: (ms: number) => (ahead += ms),
    deliver: deliverer(),
    sweep: () => sweepWebhooks(lab.documents, clock, queue),
    /** Executes the run until it rests. */
    run: async (body = {}): Promise<Run> => {
      const run = await lab.create({ webhook: WEBHOOK, ...body });
      await lab.worker.handle({ uid: UID, run_id: run.run_id });
      return await lab.read(run);
    },
    /** Hands out the tasks that are due, once each. */
    async handOut(): Promise<number> {
      const due = waiting.filter(({ notBefore }) => notBefore <= clock.now());
      for (const each of due) {
        waiting.splice(waiting.indexOf(each), 1);
        if ('webhook' in each.task) await this.deliver(each.task as WebhookTask);
      }
      return due.length;
    },
    shown: (run: Run) => listDeliveries(lab.documents, run),
  };
}

describe('D12: a run that ends tells its webhook', () => {
  it('completed -> one signed message with a glance at the run, and nothing of what was said', async () => {
    const h = hall();
    const ended = await h.run({ input: { messages: [{ role: 'user', content: 'hello\nsecret' }] } });
    await h.handOut();
    expect(h.sent.map(({ url, body }) => ({ url, ...(JSON.parse(body) as object) }))).toEqual([
      {
        url: WEBHOOK,
        type: 'run.completed',
        timestamp: ended.finished_at,
        data: {
          run_id: ended.run_id,
          thread_id: ended.thread_id,
          assistant_id: 'lab',
          status: 'completed',
          title: 'hello',
          error_code: null,
          usage: { input_tokens: 0, output_tokens: 0, calls: 0 },
          created_at: ended.created_at,
          finished_at: ended.finished_at,
        },
      },
    ]);
    expect(await h.shown(ended)).toMatchObject([
      { type: 'run.completed', status: 'delivered', next_attempt_at: null, attempts: [{ status: 200 }] },
    ]);
  });

  it('failed -> run.failed with the code of the error', async () => {
    const h = hall({
      work: () => {
        throw new Error('no use');
      },
    });
    await h.run();
    await h.handOut();
    expect(JSON.parse(h.sent[0]?.body ?? '')).toMatchObject({
      type: 'run.failed',
      data: { status: 'failed', error_code: expect.any(String) },
    });
  });

  it('asks something -> run.interrupted; each question and the end are told apart', async () => {
    const h = hall({
      work: () => {
        interrupt('may I?');
        return { n: 1 };
      },
    });
    const asking = await h.run();
    await h.handOut();
    expect(asking.status).toBe('interrupted');
    await h.lab.store.append(UID, asking.run_id, 'api', () => [
      {
        type: 'interrupt.answered',
        at: h.clock.now(),
        answers: { [asking.interrupts[0]?.id ?? '']: true },
        by: UID,
      },
    ]);
    await h.lab.worker.handle({ uid: UID, run_id: asking.run_id });
    await h.handOut();
    expect(h.sent.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual([
      'run.interrupted',
      'run.completed',
    ]);
    expect(new Set(h.sent.map(({ id }) => id)).size).toBe(2);
    expect((await h.shown(asking)).map(({ type }) => type)).toEqual(['run.completed', 'run.interrupted']);
  });

  it('cancelled by the API before any worker came -> run.cancelled', async () => {
    const h = hall();
    const run = await h.lab.create({ webhook: WEBHOOK });
    await cancelRun({ store: h.lab.store, queue: h.lab.queue }, UID, run.run_id);
    await h.handOut();
    expect(JSON.parse(h.sent[0]?.body ?? '')).toMatchObject({ type: 'run.cancelled' });
  });

  it('a run without a webhook writes and enqueues nothing', async () => {
    const h = hall();
    const run = await h.run({ webhook: null });
    expect(await h.shown(run)).toEqual([]);
    expect(h.waiting).toEqual([]);
  });
});

describe('D12: at least once', () => {
  it('receiver down -> tried again by the schedule, with the same id and body, until it answers', async () => {
    const h = hall();
    h.answers.push(DOWN, DOWN);
    const run = await h.run();
    await h.handOut();
    expect(await h.handOut()).toBe(0);
    h.forward(5_000);
    await h.handOut();
    h.forward(30_000);
    await h.handOut();
    expect(h.sent).toHaveLength(3);
    expect(new Set(h.sent.map(({ id, body }) => id + body)).size).toBe(1);
    expect(await h.shown(run)).toMatchObject([
      { status: 'delivered', attempts: [{ status: 503 }, { status: 503 }, { status: 200, error: null }] },
    ]);
    h.forward(48 * 3_600_000);
    expect(await h.sweep()).toBe(0);
  });

  it('kill -9 between the end of the run and the task -> the sweeper finds the delivery', async () => {
    const h = hall();
    h.outage.on = true;
    const run = await h.run();
    expect(h.waiting).toEqual([]);
    h.outage.on = false;
    expect(await h.sweep()).toBe(0);
    h.forward(31_000);
    expect(await h.sweep()).toBe(1);
    await h.handOut();
    expect(await h.shown(run)).toMatchObject([{ status: 'delivered' }]);
  });

  it('kill -9 after the receiver answered, before it was noted -> the same message once more', async () => {
    const h = hall();
    h.answers.push(new Promise<never>(() => undefined));
    const run = await h.run();
    const task = h.waiting[0]?.task as WebhookTask;
    void h.deliver(task);
    await expect.poll(() => h.sent.length).toBe(1);
    // The queue brings the task again; the dead worker's hold has to pass first.
    expect(await h.deliver(task)).toMatchObject({ done: false });
    h.forward(13_000);
    expect(await h.deliver(task)).toEqual({ done: true });
    expect(h.sent).toHaveLength(2);
    expect(h.sent[0]).toEqual(h.sent[1]);
    expect(await h.shown(run)).toMatchObject([{ status: 'delivered', attempts: [{ status: 200 }] }]);
  });

  it('kill -9 between the note of a failure and the next task -> the task that comes again enqueues it', async () => {
    const h = hall();
    h.answers.push(DOWN, DOWN, DOWN);
    await h.run();
    const task = h.waiting[0]?.task as WebhookTask;
    await h.handOut();
    h.forward(5_000);
    await h.handOut();
    h.forward(30_000);
    h.outage.on = true;
    await h.handOut();
    expect(h.waiting).toEqual([]);
    h.outage.on = false;
    expect(await h.deliver(task)).toEqual({ done: true });
    expect(h.sent).toHaveLength(3);
    h.forward(120_000);
    await h.handOut();
    expect(h.sent).toHaveLength(4);
  });

  it('delivered, then the failure of a worker that was thought to be gone is noted -> nothing is due any more', async () => {
    const h = hall();
    const late = Promise.withResolvers<SendResult>();
    h.answers.push(late.promise);
    const run = await h.run();
    const task = h.waiting[0]?.task as WebhookTask;
    const first = h.deliver(task);
    await expect.poll(() => h.sent.length).toBe(1);
    h.forward(13_000);
    expect(await h.deliver(task)).toEqual({ done: true });
    late.resolve(DOWN);
    expect(await first).toEqual({ done: true });
    expect(await h.shown(run)).toMatchObject([{ status: 'delivered', next_attempt_at: null }]);
    h.forward(3_600_000);
    expect(await h.sweep()).toBe(0);
    expect(await h.lab.documents.query({ collection: deliveriesPath(UID, run.run_id) })).toMatchObject([
      { fields: { due_at: null } },
    ]);
  });

  it.each(['delivered', 'failed'])(
    '%s, but due as earlier versions left it -> swept once, and nothing is enqueued',
    async (status) => {
      const h = hall();
      const run = await h.run();
      const [{ path } = { path: '' }] = await h.lab.documents.query({
        collection: deliveriesPath(UID, run.run_id),
      });
      const due_at = new Date(0).toISOString();
      await h.lab.documents.commit([{ op: 'update', path, fields: { status, due_at } }]);
      h.waiting.splice(0);
      expect(await h.sweep()).toBe(0);
      expect(h.waiting).toEqual([]);
      expect(await h.lab.documents.get([path])).toMatchObject([{ fields: { status, due_at: null } }]);
    },
  );

  it('two tasks at the same moment -> one message', async () => {
    const h = hall();
    await h.run();
    const task = h.waiting[0]?.task as WebhookTask;
    await Promise.all([h.deliver(task), h.deliver(task), h.deliver(task)]);
    expect(h.sent).toHaveLength(1);
  });

  it('given up after the last attempt, and left alone', async () => {
    const h = hall();
    const run = await h.run();
    for (let i = 0; i < 8; i += 1) {
      h.answers.push(DOWN);
      await h.handOut();
      h.forward(25 * 3_600_000);
    }
    expect(await h.shown(run)).toMatchObject([{ status: 'failed', next_attempt_at: null }]);
    expect(h.sent).toHaveLength(8);
    expect(await h.sweep()).toBe(0);
  });

  it('a run that is deleted takes its deliveries with it; a task that is left finds nothing', async () => {
    const h = hall();
    const run = await h.run();
    const task = h.waiting[0]?.task as WebhookTask;
    await removeRun(h.lab.documents, run);
    expect(await h.lab.documents.query({ collection: deliveriesPath(UID, run.run_id) })).toEqual([]);
    expect(await h.deliver(task)).toEqual({ done: true });
    expect(h.sent).toEqual([]);
  });
});
