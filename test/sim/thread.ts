import { parentPort, workerData } from 'node:worker_threads';
import type { Violation } from './check-table.ts';
import type { Plan } from './plan.ts';
import { plant, type Patch } from './plant.ts';

/** What a thread is started with. */
export interface ThreadTask {
  patches: readonly Patch[];
  /** Shared by all threads: the next seed to play, and whether to stop. */
  next: Int32Array;
  /** The first seed that is not played any more. */
  until: number;
}

export interface Batch {
  kind: 'batch';
  seeds: number;
  runs: number;
  attempts: number;
  injected: [string, number][];
  failures: { seed: number; violation: Violation }[];
}

/** Everything about one seed: how it went, and the smallest plan that goes wrong in the same way. */
export interface Examination {
  kind: 'examined';
  plan: Plan;
  trace: string[];
  violations: Violation[];
  smallest: { plan: Plan; trace: string[]; violations: Violation[] } | null;
}

const NEXT = 0;
const STOP = 1;
const BATCH = 20;

const task = workerData as ThreadTask;
plant(task.patches);
const { runningWorld, takeOverGlobals } = await import('./globals.ts');
takeOverGlobals();
// Nobody reads the stacks of the many errors that LangGraph catches itself.
Error.stackTraceLimit = 0;
// Only now: whatever these import must see the planted sources and the world's time.
const { planOf } = await import('./plan.ts');
const { logInto } = await import('./runtime.ts');
const { play } = await import('./scenario.ts');
const { shrink } = await import('./shrink.ts');

type Message = Batch | Examination | { kind: 'done' };
// A rule for windows takes every `postMessage` for one of theirs; this one has no origin to name.
const send = (message: Message) => parentPort?.['postMessage'](message);
const unhandled: unknown[] = [];
process.on('unhandledRejection', (error) => unhandled.push(error));
logInto(runningWorld);
parentPort?.on('message', (seed: number) => {
  examine(seed).then(send, fail);
});
playAll().then(() => send({ kind: 'done' }), fail);

/** Ends the thread with the error, and so the campaign. */
function fail(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

async function playAll(): Promise<void> {
  while (Atomics.load(task.next, STOP) === 0) {
    const from = Atomics.add(task.next, NEXT, BATCH);
    if (from >= task.until) return;
    const batch = await playBatch(from, Math.min(from + BATCH, task.until));
    if (batch.failures.length > 0) Atomics.store(task.next, STOP, 1);
    send(batch);
  }
}

async function playBatch(from: number, until: number): Promise<Batch> {
  const injected = new Map<string, number>();
  const batch: Batch = { kind: 'batch', seeds: 0, runs: 0, attempts: 0, injected: [], failures: [] };
  for (let seed = from; seed < until && batch.failures.length === 0; seed += 1) {
    const outcome = await judged(seed, planOf(seed), null);
    batch.seeds += 1;
    batch.runs += outcome.runs;
    batch.attempts += outcome.attempts;
    for (const [kind, count] of outcome.injected) injected.set(kind, (injected.get(kind) ?? 0) + count);
    const [violation] = outcome.violations;
    if (violation !== undefined) batch.failures.push({ seed, violation });
  }
  return { ...batch, injected: [...injected] };
}

async function examine(seed: number): Promise<Examination> {
  const plan = planOf(seed);
  const trace: string[] = [];
  const { violations } = await judged(seed, plan, trace);
  const id = violations[0]?.id;
  if (id === undefined) return { kind: 'examined', plan, trace, violations, smallest: null };
  const fails = async (smaller: Plan) =>
    (await judged(seed, smaller, null)).violations.some((found) => found.id === id);
  const smallest = await shrink(plan, fails);
  const short: string[] = [];
  const after = await judged(seed, smallest, short);
  return {
    kind: 'examined',
    plan,
    trace,
    violations,
    smallest: { plan: smallest, trace: short, violations: after.violations },
  };
}

/** In production a rejection that nobody handles ends the process, so none may happen here. */
async function judged(seed: number, plan: Plan, trace: string[] | null) {
  unhandled.length = 0;
  const outcome = await play(seed, plan, trace);
  for (const error of unhandled) outcome.violations.push({ id: 'rejections-handled', detail: String(error) });
  return outcome;
}
