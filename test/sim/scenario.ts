import { checkTable, type Violation } from './check-table.ts';
import { checkQuotas } from './check-quotas.ts';
import { Faults, type Fault } from './faults.ts';
import { Calls } from './calls.ts';
import { Clients } from './clients.ts';
import { Fleet } from './fleet.ts';
import { judge, unsettled } from './judge.ts';
import { judgeClients } from './judge-clients.ts';
import { Network } from './network.ts';
import { Observer } from './observer.ts';
import { Outside } from './outside.ts';
import { People } from './people.ts';
import { Requests } from './requests.ts';
import type { Plan } from './plan.ts';
import { Store } from './store.ts';
import { Watch } from './watch.ts';
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
  const store = new Store(world, network, (writes) => {
    observer.committed(writes);
    watch.committed(writes);
  });
  const watch = new Watch(observer, store.table);
  const requests = new Requests(observer, plan);
  world.outside = new Outside({
    world,
    network,
    plan,
    requestOf: (runId) => requests.ofId(runId),
    runIdOf: (turnId) => requests.runIdOf(turnId),
    onBegin: (execution) => observer.begun(execution),
    onEffect: (execution) => observer.effect(execution),
  });
  const fleet = new Fleet({ world, network, store, faults, plan });
  observer.isAlive = (process) => fleet.isAlive(process);
  const calls = new Calls({ world, fleet, observer });
  const clients = new Clients({ world, calls, observer });
  const people = new People({ calls, clients, observer, requests });
  people.start(plan.requests);
  for (const act of plan.acts) clients.act(act);
  const { cron } = plan;
  if (cron !== null) calls.do(0, () => clients.makeCron(cron));
  const afterwards = plan.tidied ? TIDIED_MS : AFTERWARDS_MS;
  await untilAllRest(
    world,
    observer,
    () => world.idle && calls.pending === 0 && !watch.cronIsDue,
    afterwards,
  );
  const failed = observer.violations.length > 0;
  const violations = failed
    ? observer.violations
    : [
        ...checkTable(store.table),
        ...checkQuotas(store.table, watch.removed),
        ...judge(observer, requests, plan, (worker) => fleet.editionOf(worker)),
        ...judgeClients({ observer, watch, plan, told: clients.told, table: store.table }),
      ];
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
