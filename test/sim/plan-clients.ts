import type { Fault } from './faults.ts';
import type { GraphName } from './graphs.ts';
import type { Plan, PlannedRun } from './plan.ts';
import type { Random } from './random.ts';

/** How a client of the Agent Server API asks for a run. */
export interface PlannedApi {
  /** Starts so many seconds later. */
  after: number | null;
  /** LangGraph's stream is recorded. */
  streams: boolean;
  /** Has a thread of its own, and is gone with it when its result was sent. */
  temporary: boolean;
  /** Goes to a node, with a change of the state, in place of an input. */
  command: { goto: string; steps: readonly string[] } | null;
  /** With a checkpoint: goes on with what was next there, in place of an input. */
  goesOn: boolean;
  /** The second of two people answers on our own page. */
  mixed: boolean;
  /** All people give the same answer. */
  agreed: boolean;
}

/** What else clients do on the thread of the first run. */
export type PlannedAct = { key: string; after: Moment; ms: number } & (
  | { kind: 'edit' }
  /** Of a run: it is cancelled, and what it did is undone. */
  | { kind: 'undo'; run: string }
);

/** What a time is counted from: the beginning, or the first question or end of a run on the thread. */
export type Moment = 'start' | 'asked' | 'ended';

/** Starts a run every minute for a while. */
export interface PlannedCron {
  run: PlannedRun;
  /** The last moment at which a run may be due. */
  endsAfter: number;
  removes: boolean;
}

/** Nodes that do their work whatever comes before them. */
const PLACES: Partial<Record<GraphName, NonNullable<PlannedApi['command']>>> = {
  line: { goto: 'b', steps: ['b'] },
  fork: { goto: 'join', steps: ['join'] },
  asks: { goto: 'book', steps: ['book'] },
  fan: { goto: 'join', steps: ['join'] },
  both: { goto: 'join', steps: ['join'] },
  loop: { goto: 'turn', steps: ['turn 1', 'turn 2', 'turn 3'] },
};
/** Without questions. */
const QUIET: GraphName[] = ['line', 'fan', 'fork', 'handOver'];

/** The plan with clients of the Agent Server API beside our own page, in some worlds. */
export function withClients(plan: Plan, random: Random, newcomer: (index: number) => PlannedRun): Plan {
  if (!random.chance(0.4)) return plan;
  const requests = plan.requests.map((request) => ({
    ...request,
    api: random.chance(0.85) ? api(random, request, plan) : null,
  }));
  const [first] = requests;
  if (first === undefined) return plan;
  if (random.chance(0.35)) {
    const made = { ...newcomer(requests.length), graph: first.graph, stops: first.stops, thread: 't0' };
    const later: PlannedRun = {
      ...made,
      at: random.int(0, 2_500),
      after: random.pick<Moment>(['asked', 'asked', 'ended']),
      fails: null,
      checkpoint: random.chance(0.35) ? random.int(0, 5) : null,
    };
    requests.push({ ...later, api: api(random, later, plan) });
    // Another at nearly the same time.
    if (random.chance(0.3))
      requests.push({
        ...later,
        key: `r${requests.length}`,
        at: later.at + random.int(0, 30),
        strategy: 'enqueue',
        api: null,
      });
  }
  if (random.chance(0.06)) {
    const alone = {
      ...newcomer(requests.length),
      graph: random.pick(QUIET),
      thread: 'own',
      checkpoint: null,
      stops: {},
      again: null,
      retryAfter: null,
    };
    requests.push({ ...alone, api: { ...api(random, alone, plan), temporary: true, command: null } });
  }
  const cron = random.chance(0.06) ? cronOf(random, newcomer) : null;
  const late: Fault[] = random.chance(0.4)
    ? [{ kind: 'crash', at: random.int(25, 120), arrives: random.chance(0.5) }]
    : [];
  return { ...plan, requests, cron, acts: acts(random, plan), faults: [...plan.faults, ...late] };
}

function api(random: Random, { graph, checkpoint, after }: PlannedRun, { faults }: Plan): PlannedApi {
  const changes = faults.some(({ kind }) => kind === 'changed graphs');
  // Where nothing was done yet, no checkpoint holds what a command says.
  const place = after === 'start' ? undefined : PLACES[graph];
  const goesOn = checkpoint !== null && !changes && random.chance(0.5);
  return {
    after: random.chance(0.08) ? random.int(1, 90) : null,
    streams: random.chance(0.4),
    temporary: false,
    command: checkpoint === null && !changes && place !== undefined && random.chance(0.5) ? place : null,
    goesOn,
    mixed: random.chance(0.3),
    agreed: random.chance(0.3),
  };
}

function acts(random: Random, { copy }: Plan): PlannedAct[] {
  const planned: PlannedAct[] = [];
  const moment = () => ({
    after: random.pick<Moment>(['start', 'asked', 'asked', 'ended']),
    ms: random.int(0, 2_500),
  });
  // The copies of older versions are imitated only in what a run needs.
  if (copy === 'own' && random.chance(0.2)) planned.push({ kind: 'edit', key: 'e0', ...moment() });
  if (copy === 'own' && planned.length > 0 && random.chance(0.3))
    planned.push({ kind: 'edit', key: 'e1', ...moment() });
  if (random.chance(0.08)) planned.push({ kind: 'undo', key: 'u0', run: 'r0', ...moment() });
  return planned;
}

function cronOf(random: Random, newcomer: (index: number) => PlannedRun): PlannedCron {
  const run: PlannedRun = {
    ...newcomer(0),
    key: 'c0',
    graph: random.pick(QUIET),
    thread: 'own',
    checkpoint: null,
    fails: null,
    stops: {},
    cancels: [],
    timeout: null,
    retryAfter: null,
    again: null,
  };
  return { run, endsAfter: random.int(61_000, 200_000), removes: random.chance(0.5) };
}
