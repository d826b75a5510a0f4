import { isTerminal, type Run } from '@longrun/shared';
import { checkTable, type Violation } from './check-table.ts';
import { Faults, type Fault } from './faults.ts';
import { Fleet } from './fleet.ts';
import { STEPS } from './graphs.ts';
import { Network } from './network.ts';
import { Observer } from './observer.ts';
import { Outside } from './outside.ts';
import { People } from './people.ts';
import type { Plan, PlannedRun } from './plan.ts';
import { Store } from './store.ts';
import { Restless, World } from './world.ts';

export interface Outcome {
  violations: Violation[];
  injected: Map<Fault['kind'], number>;
  runs: number;
  attempts: number;
  /** Virtual milliseconds. */
  lasted: number;
}

/** Time enough for every lease, backoff and sweep: who does not rest by then is stuck. Milliseconds. */
const PATIENCE_MS = 2 * 3_600_000;
/** After all rest the sweeper comes twice more, and must find nothing to do. */
const AFTERWARDS_MS = 150_000;
/** Logs are compacted an hour after the end. */
const TIDIED_MS = 3_900_000;
const DAY_MS = 24 * 3_600_000;
let day = 20_000;

/** Plays a plan to its end and judges what is left. The same seed and plan give the same outcome. */
export async function play(seed: number, plan: Plan, trace: string[] | null): Promise<Outcome> {
  // Each world begins on a day of its own: LangGraph remembers the time of the last id that it gave.
  const world = new World(seed, (day += 1) * DAY_MS, trace);
  const faults = new Faults(plan.faults);
  const network = new Network(world, faults);
  const observer = new Observer(world);
  const store = new Store(world, network, (writes) => observer.committed(writes));
  const { workers, deadlineMs, requests } = plan;
  world.outside = new Outside({ world, network, plan, onEffect: (execution) => observer.effect(execution) });
  const fleet = new Fleet({ world, network, store, faults, workers, deadlineMs });
  const people = new People({ world, fleet, observer, requests });
  people.start();
  const afterwards = plan.tidied ? TIDIED_MS : AFTERWARDS_MS;
  await untilAllRest(world, observer, () => world.idle && people.pending === 0, afterwards);
  const failed = observer.violations.length > 0;
  const violations = failed
    ? observer.violations
    : [...checkTable(store.table), ...judge(observer, people, plan)];
  const attempts = [...observer.runs.values()].reduce((sum, { run }) => sum + run.attempt, 0);
  return {
    violations,
    injected: faults.injected,
    runs: observer.runs.size,
    attempts,
    lasted: world.now - world.started,
  };
}

async function untilAllRest(
  world: World,
  observer: Observer,
  idle: () => boolean,
  afterwards: number,
): Promise<void> {
  const failed = () => observer.violations.length > 0;
  const late = () => world.now - world.started > PATIENCE_MS;
  try {
    await world.run(() => failed() || late() || (idle() && unsettled(observer).length === 0));
    for (const { run_id, status } of unsettled(observer)) {
      if (!failed()) observer.violated('settled', `run ${run_id} is ${status} for ever`);
    }
    if (!failed() && late())
      observer.violated('comes-to-rest', 'all runs rest, and some process still does not');
    const until = world.now + afterwards;
    await world.run(() => failed() || (idle() && world.now > until) || world.now > until + PATIENCE_MS);
  } catch (error) {
    if (!(error instanceof Restless)) throw error;
    observer.violated('comes-to-rest', error.message);
  }
}

/** Runs that neither ended nor wait for a person, be it that someone before them on their thread does. */
function unsettled(observer: Observer): Run[] {
  const runs = [...observer.runs.values()].map(({ run }) => run);
  const asking = new Set(
    runs.filter(({ status }) => status === 'interrupted').map(({ thread_id }) => thread_id),
  );
  return runs.filter(
    ({ status, queued, thread_id }) =>
      !isTerminal(status) && status !== 'interrupted' && !(queued && asking.has(thread_id)),
  );
}

/** What people are entitled to expect, which no invariant of a single run says. */
function judge(observer: Observer, people: People, plan: Plan): Violation[] {
  const violations: Violation[] = [];
  const runs = [...observer.runs.values()].map(({ run }) => run);
  for (const { key } of plan.requests) {
    const made = runs.filter((run) => run.retry_of === null && people.requestOf(run)?.key === key);
    if (made.length > 1)
      violations.push({ id: 'created-once', detail: `request ${key} made ${made.length} runs` });
  }
  for (const run of runs) {
    const request = people.requestOf(run);
    if (request === undefined) continue;
    const complain = (id: string, detail: string) =>
      violations.push({ id, detail: `run ${run.run_id.slice(0, 4)} (${request.key}): ${detail}` });
    if (run.status === 'completed')
      for (const detail of wrongOutput(run, request)) complain('output-exact', detail);
    const superseded = runs.some(({ supersedes }) => supersedes === run.run_id);
    if (run.status === 'cancelled' && request.cancels.length === 0 && !superseded)
      complain('outcome', 'nobody cancelled it');
    if (run.status === 'failed' && !mayFail(run, request, plan))
      complain('outcome', `it failed: ${run.error?.code} ${run.error?.message}`);
    if (run.status === 'interrupted' && request.answers.length > 0)
      complain('outcome', 'it still waits for an answer');
  }
  return violations;
}

function mayFail({ error }: Run, { fails, timeout }: PlannedRun, plan: Plan): boolean {
  if (timeout !== null && error?.code === 'run_timeout') return true;
  if (fails?.how === 'fatal' && error?.code === 'graph_error') return true;
  // Attempts in a row that did not finish a step: as many must have been disturbed.
  return error?.code !== 'graph_error' && plan.faults.length + (fails?.times ?? 0) >= 4;
}

function* wrongOutput({ output }: Run, { key, graph }: PlannedRun): Iterable<string> {
  const seen = typeof output === 'object' && output !== null && 'seen' in output ? output.seen : null;
  if (!Array.isArray(seen)) {
    yield `its output is ${JSON.stringify(output)}`;
    return;
  }
  const done = seen.map(String).filter((step) => !step.includes('?'));
  const own = done.filter((step) => step.startsWith(`${key}:`)).map((step) => step.slice(key.length + 1));
  const expected: readonly string[] = STEPS[graph];
  if (own.toSorted().join() !== expected.toSorted().join())
    yield `it did ${own.join(', ')} instead of ${expected.join(', ')}`;
  if (own[0] !== undefined && own.at(-1) !== expected.at(-1)) yield `it ended with ${own.at(-1)}`;
  const twice = done.filter((step, i) => done.indexOf(step) !== i);
  if (twice.length > 0) yield `its thread has ${twice.join(', ')} twice`;
}
