import type { CreateRun } from '@longrun/shared';
import type { Fault } from './faults.ts';
import type { Copy } from './copies.ts';
import { graphOf, type GraphName } from './graphs.ts';
import { CHANGES } from './graphs/edition.ts';
import {
  withClients,
  type Moment,
  type PlannedAct,
  type PlannedApi,
  type PlannedCron,
} from './plan-clients.ts';
import { Random } from './random.ts';

/** What people do in a scenario, and what goes wrong: all of it follows from the seed, and any part may be left out. */
export interface Plan {
  workers: number;
  /** Longest step. Milliseconds. */
  pace: number;
  deadlineMs: number;
  /** Steps say more than one log entry holds. */
  talkative: boolean;
  /** Of LangGraph, which the graphs' project brings along. */
  copy: Copy;
  /** Is watched until the logs of ended runs have been compacted. */
  tidied: boolean;
  requests: PlannedRun[];
  /** Of clients of the Agent Server API, on the thread of the first run. */
  acts: PlannedAct[];
  cron: PlannedCron | null;
  faults: Fault[];
}

export interface PlannedRun {
  /** Its idempotency key; also names its work in the state. */
  key: string;
  at: number;
  /** What `at` is counted from. */
  after: Moment;
  graph: GraphName;
  thread: string;
  strategy: NonNullable<CreateRun['multitask_strategy']>;
  /** Sets out from this checkpoint of the thread, counted from the first; null from its end. */
  checkpoint: number | null;
  /** Is asked for once more so much later, as by a double click. */
  again: number | null;
  fails: { step: string; times: number; how: 'transient' | 'fatal' | 'hangs' | 'kills' } | null;
  /** Milliseconds from asking until each person answers; nobody does when empty. */
  answers: number[];
  /** Times at which someone cancels it. */
  cancels: number[];
  /** Seconds that the run may take. */
  timeout: number | null;
  /** Breakpoints that the run names. */
  stops: { interrupt_before?: string[]; interrupt_after?: string[] };
  /** How long after it failed or was cancelled someone tries it again. */
  retryAfter: number | null;
  /** Null: it is our own page that asks for it. */
  api: PlannedApi | null;
}

/** A step that ends its process as often as it is executed. */
const ALWAYS = 100;

/** Those that ask take several attempts, so there are fewer of them. */
const CHOICE: GraphName[] = [
  ...(['line', 'line', 'line', 'line', 'line', 'line', 'fan', 'fan', 'fork', 'fork', 'fork'] as const),
  ...(['asks', 'both', 'nested', 'within', 'pair', 'offers', 'fewOffers', 'charges', 'confirms'] as const),
  ...([
    'narrow',
    'queued',
    'loop',
    'handOver',
    'gates',
    'around',
    'free',
    'asksBehind',
    'gatesWithin',
  ] as const),
];
const COPIES: Copy[] = ['own', 'own', 'own', 'own', 'other', '1.2.9', '1.2.9', '0.3.12'];
const PACES = [20, 200, 200, 200, 200, 1_000, 5_000];
const WORKERS = ['w0', 'w1', 'w2'];

export function planOf(seed: number): Plan {
  const random = new Random(seed, 'plan');
  const pace = random.pick(PACES);
  const workers = random.int(2, 4);
  const first = request(random, pace, 0);
  const requests = [first];
  while (requests.length < 3 && random.chance(0.09)) {
    const next = request(random, pace, requests.length);
    // A thread belongs to one graph.
    requests.push(
      next.thread === first.thread ? { ...next, graph: first.graph, stops: first.stops, fails: null } : next,
    );
  }
  const plan: Plan = {
    workers,
    pace,
    deadlineMs: random.chance(0.15) ? random.int(50, 500) + pace : 60_000,
    talkative: random.chance(0.005),
    tidied: random.chance(0.04),
    copy: random.pick(COPIES),
    requests,
    acts: [],
    cron: null,
    faults: faults(random, workers, pace),
  };
  const clients = new Random(seed, 'clients');
  return withClients(plan, clients, (index) => request(clients, pace, index));
}

function request(random: Random, pace: number, index: number): PlannedRun {
  const graph = random.pick(CHOICE);
  const span = pace * 6 + 300;
  return {
    key: `r${index}`,
    at: index === 0 ? 0 : random.int(0, span),
    after: 'start',
    graph,
    thread: random.chance(0.8) ? 't0' : `t${index}`,
    strategy: index === 0 ? 'reject' : random.pick(['reject', 'enqueue', 'enqueue', 'interrupt', 'rollback']),
    checkpoint: index > 0 && random.chance(0.2) ? random.int(0, 4) : null,
    again: random.chance(0.15) ? random.int(0, 30) : null,
    fails: random.chance(0.12)
      ? {
          step: random.pick(graphOf(graph).steps),
          ...random.pick<Pick<NonNullable<PlannedRun['fails']>, 'how' | 'times'>>([
            { how: 'transient', times: random.int(1, 3) },
            { how: 'transient', times: random.int(1, 3) },
            { how: 'fatal', times: random.int(1, 3) },
            { how: 'hangs', times: random.int(1, 3) },
            { how: 'kills', times: random.pick([1, 2, 3, ALWAYS]) },
          ]),
        }
      : null,
    answers: random.chance(0.1) ? [] : answers(random),
    cancels: random.chance(0.15) ? times(random, random.int(1, 3), span) : [],
    timeout: random.chance(0.05) ? random.int(1, 20) : null,
    stops: graph === 'free' ? { interrupt_before: ['mail'], interrupt_after: ['mail'] } : {},
    retryAfter: random.chance(0.4) ? random.int(1, 3_000) : null,
    api: null,
  };
}

/** One person or two at nearly the same moment; sometimes one repeats an answer much later. */
function answers(random: Random): number[] {
  const first = random.int(1, 2_000);
  const second = random.chance(0.5) ? [first + random.int(0, 15)] : [];
  const late = random.chance(0.2) ? [first + random.int(100, 4_000)] : [];
  return [first, ...second, ...late];
}

function times(random: Random, count: number, span: number): number[] {
  return Array.from({ length: count }, () => random.int(0, span));
}

function faults(random: Random, workers: number, pace: number): Fault[] {
  const count = random.pick([0, 1, 1, 1, 1, 2, 2, 2, 3, 5]);
  const slots = [...WORKERS.slice(0, workers), ...WORKERS.slice(0, workers), 'api', 'cron'];
  const planned = Array.from({ length: count }, () => fault(random, slots, pace));
  if (!random.chance(0.12)) return planned;
  // Often while people think about an answer.
  return [
    ...planned,
    { kind: 'changed graphs', edition: random.pick(CHANGES), from: random.int(0, pace * 5 + 1_000) },
  ];
}

/** Requests of a scenario with one run, roughly: where a fault is likely to befall something. */
const REQUESTS = 45;

function fault(random: Random, slots: string[], pace: number): Fault {
  const at = random.int(0, REQUESTS);
  const from = random.int(0, pace * 5 + 400);
  const slot = random.pick(slots);
  const long = random.pick([500, 3_000, 20_000, 40_000]);
  switch (random.int(0, 22)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return { kind: 'crash', at, arrives: true };
    case 4:
    case 5:
    case 6:
      return { kind: 'crash', at, arrives: false };
    case 7:
    case 8:
      return { kind: 'lost acknowledgement', at };
    case 9:
      return { kind: 'repeated commit', at };
    case 10:
      return { kind: 'late commit', at, ms: random.int(50, 20_000) };
    case 11:
      return { kind: 'refused request', at };
    case 12:
      return { kind: 'slow request', at, ms: random.int(50, long) };
    case 13:
      return { kind: 'slow answer', at, ms: random.int(50, long) };
    case 14:
      return { kind: 'pause', slot, from, ms: long };
    case 15:
      return { kind: 'partition', slot, from, ms: long };
    case 16:
      return { kind: 'clock skew', slot, from: 0, ms: random.int(-long, long) };
    case 17:
      return { kind: 'deploy', slot, from };
    case 18:
      return { kind: 'duplicate task', task: random.int(0, 3), ms: random.int(0, long) };
    case 19:
      return random.chance(0.5)
        ? { kind: 'late task', task: random.int(0, 3), ms: random.int(50, 90_000) }
        : { kind: 'lost listener', slot, from };
    case 20:
      return { kind: 'blocked loop', slot, from, ms: random.pick([1_000, 6_000, 35_000]) };
    case 21:
      return { kind: 'sleep', from, ms: random.pick([5_000, 25_000, 200_000]) };
    default:
      throw new Error('No such fault.');
  }
}
