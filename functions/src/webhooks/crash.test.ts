import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryDocuments } from '../adapters/memory/documents.ts';
import type { WebhookTask } from '../ports/task-queue.ts';
import { createRun } from '../runtime/runs/create-run.ts';
import { RunStore } from '../runtime/runs/run-store.ts';
import { MAX_ATTEMPTS, type SendResult } from './decide.ts';
import { webhookDeliverer } from './deliver.ts';
import { enqueueAnnouncement } from './enqueue.ts';
import { listDeliveries } from './list.ts';
import { sweepWebhooks } from './sweep.ts';

/** The process dies at its nth call to the outside: before that takes effect, or after, so that it never learns of it. */
interface Death {
  call: number;
  when: 'before' | 'after';
}

class Died extends Error {}

/** Plays an ended run's delivery with these deaths and failing answers; returns what came to the receiver. */
async function play(deaths: readonly Death[], failing: number, tickMs = 5_000) {
  let now = Date.parse('2026-11-21T10:00:00Z');
  let calls = 0;
  let armed = false;
  const dies = (when: Death['when']) => {
    if (armed && deaths.some((death) => death.call === calls && death.when === when)) throw new Died();
  };
  const before = async () => {
    calls += armed ? 1 : 0;
    dies('before');
  };
  const after = async () => dies('after');
  const documents = memoryDocuments({ before, after });
  const clock = { now: () => now, after: () => () => undefined };
  const store = new RunStore({ documents, clock, ttlMs: 1 });
  const tasks: { task: WebhookTask; notBefore: number }[] = [];
  const names = new Set<string>();
  const queue = {
    enqueue: async (task: object, { name, notBefore = 0 }: { name: string; notBefore?: number }) => {
      await before();
      if (!names.has(name)) tasks.push({ task: task as WebhookTask, notBefore });
      names.add(name);
      await after();
    },
    check: async () => undefined,
  };
  const received: string[] = [];
  const send = async ({ id, body }: { id: string; body: string }): Promise<SendResult> => {
    await before();
    received.push(`${id} ${body}`);
    await after();
    const status = received.length > failing ? 200 : 500;
    return { status, error: status === 200 ? null : 'no', ms: 1 };
  };

  const webhook = 'https://example.com/';
  const { run } = await createRun(store, { uid: 'ada', body: { assistant_id: 'a', webhook } });
  const end = await store.append('ada', run.run_id, 'worker', () => [
    { type: 'attempt.started', at: now, attempt: 1, worker: 'w' },
    { type: 'run.completed', at: now },
  ]);
  armed = true;
  const survive = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      return false;
    }
  };
  await survive(() => enqueueAnnouncement(queue, end.run));
  let status = 'pending';
  for (let tick = 0; status === 'pending' && tick < 100_000; tick += 1) {
    now += tickMs;
    for (const each of tasks.filter(({ notBefore }) => notBefore <= now)) {
      const deliver = webhookDeliverer({ documents, clock, queue, send, random: () => 0 });
      const answered = await survive(async () => {
        const answer = await deliver(each.task);
        if (answer.done) tasks.splice(tasks.indexOf(each), 1);
        else each.notBefore = now + answer.seconds * 1_000;
      });
      if (!answered) each.notBefore = now + 4_000;
    }
    if ((tick * tickMs) % 60_000 === 0) await survive(() => sweepWebhooks(documents, clock, queue));
    armed = false;
    status = (await listDeliveries(documents, end.run))[0]?.status ?? 'missing';
    armed = true;
  }
  return { status, received };
}

const deaths = fc.array(fc.record({ call: fc.nat(40), when: fc.constantFrom('before', 'after') }), {
  maxLength: 12,
});

test('D12: wherever processes die between the end of a run and its delivery, nothing is lost', async () => {
  await fc.assert(
    fc.asyncProperty(deaths, fc.nat(3), async (plan, failing) => {
      const { status, received } = await play(plan, failing);
      expect(status).toBe('delivered');
      expect(received.length).toBeGreaterThan(failing);
      // The same message each time, and one more at most for each death.
      expect(new Set(received).size).toBe(1);
      expect(received.length).toBeLessThanOrEqual(failing + 1 + plan.length);
    }),
    { numRuns: 300 },
  );
});

test('D12: a receiver that never answers is given up after its attempts, whoever died meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(deaths, async (plan) => {
      const { status, received } = await play(plan, Number.POSITIVE_INFINITY, 60_000);
      expect(status).toBe('failed');
      expect(received.length).toBeGreaterThanOrEqual(MAX_ATTEMPTS - plan.length);
      expect(received.length).toBeLessThanOrEqual(MAX_ATTEMPTS + plan.length);
    }),
    { numRuns: 20 },
  );
});
