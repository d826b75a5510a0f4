/** One attempt of one task, from taking it out of the lane to deciding what becomes of it. */
import type { Attempt, HttpTarget, Micros, Task } from '../model.ts';
import type { QueueEntry, State } from '../state.ts';
import type { Chaos } from './chaos.ts';
import { dispatchHeaders } from './headers.ts';
import type { TokenSigner } from './oidc.ts';
import { attemptStatus, isSuccess } from './outcome.ts';
import { backoffMs, isExhausted, retryAfterMs } from './retry.ts';
import type { Outcome, Sender } from './send.ts';

export interface Delivery {
  state: State;
  sender: Sender;
  signer: TokenSigner;
  chaos: Chaos;
}

/** Resolves when the attempt is over. `onDispatch` is called as soon as it is counted. Never rejects. */
export async function deliver(
  delivery: Delivery,
  queue: QueueEntry,
  name: string,
  onDispatch: () => void = () => undefined,
): Promise<void> {
  const { state, sender, chaos } = delivery;
  const entry = queue.tasks.get(name);
  if (entry === undefined) return;
  const { task } = entry;
  try {
    const target = state.store.target(name);
    if (target === undefined) throw new Error('its target is not stored');
    const retryCount = task.dispatchCount;
    const attempt = begin(task, state.now());
    state.store.journal.eventually(() => state.store.updateTask(task));
    onDispatch();

    const headers = dispatchHeaders(task, target, retryCount, await tokenFor(delivery, target));
    const repeatMs = chaos.repeatMs(name, retryCount);
    if (repeatMs !== undefined)
      setTimeout(() => void sender.send(target, headers, task.deadlineMs), repeatMs).unref();
    const outcome = await sender.send(target, headers, task.deadlineMs);

    // Deleted, purged or stopped meanwhile: nobody waits for this outcome.
    if (outcome.kind === 'stopped' || queue.tasks.get(name) !== entry) return;
    await settle(delivery, queue, task, attempt, outcome);
  } catch (error) {
    // A defect or a full disk: the task stays, and is delivered again when its backoff has passed.
    console.error(`Cloud Tasks: attempt of ${name} failed inside the server:`, error);
    if (queue.tasks.get(name) === entry) {
      queue.lane.add(
        name,
        state.now() + backoffMs(queue.queue.retryConfig, Math.max(1, task.dispatchCount)) * 1000,
      );
    }
  }
}

function begin(task: Task, now: Micros): Attempt {
  const attempt: Attempt = { scheduleTime: task.scheduleTime, dispatchTime: now };
  task.dispatchCount += 1;
  task.firstDispatch ??= now;
  task.lastAttempt = attempt;
  return attempt;
}

async function tokenFor({ signer, state }: Delivery, { oidc }: HttpTarget): Promise<string | undefined> {
  return oidc && signer.token(oidc.email, oidc.audience, state.now() / 1000);
}

async function settle(
  { state, chaos }: Delivery,
  queue: QueueEntry,
  task: Task,
  attempt: Attempt,
  outcome: Exclude<Outcome, { kind: 'stopped' }>,
): Promise<void> {
  const now = state.now();
  attempt.responseTime = now;
  attempt.status = attemptStatus(outcome);
  if (outcome.kind === 'response') {
    task.responseCount += 1;
    if (outcome.status < 500) task.executionCount += 1;
    task.previousResponse = outcome.status;
  }
  const { retryConfig } = queue.queue;
  if (isSuccess(outcome) || isExhausted(retryConfig, task, now)) {
    await state.removeTask(queue, task);
    return;
  }
  task.retryReason = attempt.status.message;
  const asked = outcome.kind === 'response' ? retryAfterMs(outcome.retryAfter, now / 1000) : 0;
  task.scheduleTime = now + Math.max(backoffMs(retryConfig, task.dispatchCount), asked) * 1000;
  const stored = state.store.journal.durable(() => state.store.updateTask(task));
  queue.lane.add(task.name, task.scheduleTime + chaos.delayMs(task.name, task.dispatchCount) * 1000);
  await stored;
}
