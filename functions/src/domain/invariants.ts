import { isDeepStrictEqual } from 'node:util';
import {
  foldEntry,
  isTerminal,
  isTerminalEvent,
  traitsOf,
  type EventOf,
  type LogEntry,
  type Run,
  type RunEvent,
  type RunEventType,
} from '@longrun/shared';

/** What is stored of one run. What is left out is not checked. */
export interface Evidence {
  /** In the order of their ids, with the numbers that the documents name for their events. */
  entries: readonly (LogEntry & { first: number; last: number })[];
  /** Null when there is none. */
  document: {
    run: Run;
    wakeAt: string | null;
    /** Fields of a run that an earlier version, which wrote the document, did not know. */
    unknown?: ReadonlySet<string>;
  } | null;
  thread?: {
    activeRunId: string | null;
    /** Checkpoints whose ids sort before this one were removed on request. */
    prunedTo?: string;
  } | null;
  /** A newer version wrote some of it: what it means cannot be judged here. */
  newer?: boolean;
  /** Every stored checkpoint of the thread; `runId` names the run that wrote it, if that is known. */
  checkpoints?: readonly { id: string; ns: string; runId: string | null }[];
}

export interface Invariant {
  /** Stable: tests, tables and operators name it. */
  id: string;
  sentence: string;
}

export interface Finding extends Invariant {
  /** What contradicts it; empty when it holds. Null when the evidence does not say. */
  violations: string[] | null;
}

interface Rule extends Invariant {
  /** It holds in every format of the log, known or not. */
  ofEveryFormat?: true;
  check: (facts: Facts) => Iterable<string> | null;
}

/** The evidence, and what follows from it. */
interface Facts extends Evidence {
  events: RunEvent[];
  /** The state of the run after each entry, by its number, as far as the log is legal. */
  folds: Map<number, Run>;
  newest: Run | undefined;
  illegal: string | null;
}

/** Checks everything that must be true of a run at any moment, whatever crashed before. Pure. */
export function checkRun(evidence: Evidence): Finding[] {
  const facts: Facts = {
    ...evidence,
    events: evidence.entries.flatMap((entry) => entry.events),
    ...foldAll(evidence.entries),
  };
  return RULES.map(({ id, sentence, check, ofEveryFormat }) => {
    const found = evidence.newer === true && ofEveryFormat !== true ? null : check(facts);
    return { id, sentence, violations: found === null ? null : [...found] };
  });
}

const RULES: readonly Rule[] = [
  {
    id: 'entries-dense',
    ofEveryFormat: true,
    sentence: 'Log entries are numbered 0, 1, 2 and so on, and each names the events that it holds.',
    check: entriesDense,
  },
  {
    id: 'seq-dense',
    ofEveryFormat: true,
    sentence: 'Events are numbered 1, 2, 3 and so on, without a gap and without a double.',
    check: function* ({ events }) {
      for (const [i, { seq, type }] of events.entries()) {
        if (seq !== i + 1) yield `${type} has number ${seq} where ${i + 1} was expected`;
      }
    },
  },
  {
    id: 'written-once',
    ofEveryFormat: true,
    sentence: 'No entry was appended twice.',
    check: ({ entries }) => repeated(entries.map(({ nonce }) => nonce)).map((nonce) => `nonce ${nonce}`),
  },
  {
    id: 'legal-life',
    sentence: 'The log begins with run.created, and every event may follow the one before.',
    check: ({ illegal }) => (illegal === null ? [] : [illegal]),
  },
  {
    id: 'terminal-last',
    sentence: 'A run ends at most once, and nothing follows.',
    check: function* ({ events }) {
      const end = events.findIndex(isTerminalEvent);
      if (end < 0) return;
      for (const { seq, type } of events.slice(end + 1)) yield `${type} (${seq}) after the end`;
    },
  },
  {
    id: 'attempts-fenced',
    sentence: 'Attempts are numbered 1, 2, 3; once one has started, only it and commands write.',
    check: attemptsFenced,
  },
  {
    id: 'steps-closed',
    sentence: 'A step ends in the attempt that started it, and in a completed run every step has ended.',
    check: stepsClosed,
  },
  {
    id: 'effects-once',
    sentence: 'A step whose result was recorded does not start again, and no result is recorded twice.',
    check: effectsOnce,
  },
  {
    id: 'answered-once',
    sentence: 'Only open questions are answered, each at most once, and none is asked again after that.',
    check: answeredOnce,
  },
  {
    id: 'cancel-obeyed',
    sentence: 'After a cancel was accepted no attempt and no step starts, and nobody is asked.',
    check: cancelObeyed,
  },
  {
    id: 'state-continues',
    sentence: 'Each checkpoint of a run follows from the one before.',
    check: stateContinues,
  },
  {
    id: 'checkpoint-exists',
    sentence: 'A checkpoint that the log reports is stored, until it is removed on request.',
    check: ({ events, checkpoints, thread }) => {
      // A removal goes from the inside out: the run without its thread is about to go, too.
      if (checkpoints === undefined || thread === null) return null;
      const stored = new Set(checkpoints.map(({ ns, id }) => `${ns}|${id}`));
      const prunedTo = thread?.prunedTo ?? '';
      return of(events, 'checkpoint')
        .filter(({ checkpoint_ns, checkpoint_id }) => !stored.has(`${checkpoint_ns}|${checkpoint_id}`))
        .filter(({ checkpoint_id }) => checkpoint_id >= prunedTo)
        .map(({ seq, checkpoint_id }) => `${checkpoint_id} (${seq}) is missing`);
    },
  },
  {
    id: 'checkpoint-reported',
    sentence: 'A stored checkpoint of the run is reported by its log.',
    check: ({ events, checkpoints, document }) => {
      if (checkpoints === undefined || document === null) return null;
      const reported = new Set(of(events, 'checkpoint').map(({ checkpoint_id }) => checkpoint_id));
      return checkpoints
        .filter(({ id, runId }) => runId === document.run.run_id && !reported.has(id))
        .map(({ id }) => `${id} is in no entry`);
    },
  },
  {
    id: 'document-is-fold',
    sentence: 'The run document is the fold of its log, and behind it only while a worker executes the run.',
    check: documentIsFold,
  },
  {
    id: 'end-is-marked',
    sentence: 'A run has a finishing time when it has ended, and not before; nothing is due then.',
    check: function* ({ document }) {
      if (document === null) return;
      const { run, wakeAt } = document;
      if ((run.finished_at !== null) !== isTerminal(run.status)) yield `finished_at is ${run.finished_at}`;
      if (isTerminal(run.status) && wakeAt !== null) yield `the sweeper will look at it at ${wakeAt}`;
    },
  },
  {
    id: 'way-forward',
    sentence: 'A run that has not ended waits for an answer, or the sweeper will look at it.',
    check: function* ({ document }) {
      if (document === null || isTerminal(document.run.status)) return;
      const { status, interrupts } = document.run;
      if (status === 'interrupted' && interrupts.length === 0)
        yield 'it waits for an answer and asks nothing';
      if (status !== 'interrupted' && document.wakeAt === null)
        yield `it is ${status} and nothing will happen`;
    },
  },
  {
    id: 'thread-held',
    sentence: 'A run holds its thread from its first attempt to its end, and no longer.',
    check: ({ thread, document }) => {
      if (thread === undefined || thread === null || document === null) return null;
      const { status, queued, run_id } = document.run;
      const holds = thread.activeRunId === run_id;
      if (isTerminal(status)) return holds ? ['it has ended and still holds the thread'] : [];
      return holds || queued ? [] : [`the thread is held by ${thread.activeRunId ?? 'no run'}`];
    },
  },
];

/** Every invariant, in the order in which `checkRun` reports them. */
export const INVARIANTS: readonly Invariant[] = RULES.map(({ id, sentence }) => ({ id, sentence }));

function foldAll(entries: Evidence['entries']): Pick<Facts, 'folds' | 'newest' | 'illegal'> {
  const folds = new Map<number, Run>();
  let newest: Run | undefined;
  try {
    for (const entry of entries) {
      newest = foldEntry(newest, entry);
      folds.set(entry.n, newest);
    }
    return { folds, newest, illegal: newest === undefined ? 'the log is empty' : null };
  } catch (error) {
    return { folds, newest, illegal: error instanceof Error ? error.message : String(error) };
  }
}

/** The entry of a compacted log stands for all from `from` to `n`. */
function* entriesDense({ entries }: Facts): Iterable<string> {
  let expected = 0;
  for (const { n, from = n, first, last, events } of entries) {
    if (from !== expected) yield `entry ${from} where ${expected} was expected`;
    expected = n + 1;
    if (first !== events[0]?.seq || last !== events.at(-1)?.seq) {
      yield `entry ${n} names events ${first} to ${last}`;
    }
  }
}

/** Events that only the worker of the present attempt may write. */
function isWorkers(event: RunEvent): boolean {
  return traitsOf(event).by === 'worker';
}

function* attemptsFenced({ entries }: Facts): Iterable<string> {
  let attempt = 0;
  let pen: string | null = null;
  for (const { writer, from, events } of entries) {
    for (const event of events) {
      if (event.type === 'attempt.started') {
        attempt += 1;
        if (event.attempt !== attempt) yield `attempt ${event.attempt} (${event.seq}) follows ${attempt - 1}`;
        pen = `${event.worker}:${event.attempt}`;
      } else if (from === undefined && isWorkers(event) && writer !== pen) {
        yield `${writer} wrote ${event.type} (${event.seq}) while ${pen ?? 'nobody'} had the run`;
      }
      const { attempt: of, terminal } = traitsOf(event);
      // What follows the end of the run is found by the rule about that.
      if (of === 'ends' && terminal !== true) pen = null;
    }
  }
}

function* stepsClosed({ events }: Facts): Iterable<string> {
  let open = new Set<string>();
  for (const event of events) {
    if (event.type === 'attempt.started') open = new Set();
    if (event.type === 'node.started') open.add(event.task);
    if (event.type === 'node.finished' || event.type === 'node.failed') {
      if (!open.delete(event.task)) yield `${event.node} (${event.seq}) ended and had not started`;
    }
    if (event.type === 'run.completed') for (const task of open) yield `task ${task} has not ended`;
  }
}

function* effectsOnce({ events }: Facts): Iterable<string> {
  const finished = new Set<string>();
  for (const event of events) {
    if (event.type === 'node.started' && finished.has(event.task)) {
      yield `${event.node} (${event.seq}) started again`;
    }
    if (event.type !== 'node.finished') continue;
    if (finished.has(event.task)) yield `${event.node} (${event.seq}) ended again`;
    finished.add(event.task);
  }
}

function* answeredOnce({ events }: Facts): Iterable<string> {
  const open = new Set<string>();
  const answered = new Set<string>();
  for (const event of events) {
    if (event.type === 'interrupt.opened') {
      for (const { id } of event.interrupts) {
        if (answered.has(id)) yield `${id} (${event.seq}) is asked again`;
        open.add(id);
      }
    }
    if (event.type !== 'interrupt.answered') continue;
    for (const id of Object.keys(event.answers)) {
      if (answered.has(id)) yield `${id} (${event.seq}) is answered again`;
      else if (!open.has(id)) yield `${id} (${event.seq}) was not asked`;
      answered.add(id);
    }
  }
}

function* cancelObeyed({ events }: Facts): Iterable<string> {
  const cancel = events.findIndex(({ type }) => type === 'cancel.requested');
  if (cancel < 0) return;
  for (const { type, seq } of events.slice(cancel)) {
    if (type === 'attempt.started' || type === 'node.started' || type === 'interrupt.opened') {
      yield `${type} (${seq})`;
    }
  }
}

function* stateContinues({ events }: Facts): Iterable<string> {
  let last: string | undefined;
  for (const { checkpoint_ns, checkpoint_id, parent_id, seq } of of(events, 'checkpoint')) {
    if (checkpoint_ns !== '') continue;
    if (last !== undefined && parent_id !== last)
      yield `${checkpoint_id} (${seq}) follows ${parent_id ?? 'nothing'}`;
    last = checkpoint_id;
  }
}

function* documentIsFold({ document, folds, newest, illegal }: Facts): Iterable<string> {
  if (newest === undefined || illegal !== null) return;
  if (document === null) {
    yield 'there is no document';
    return;
  }
  const { run } = document;
  const then = folds.get(run.head.entry);
  if (then === undefined) yield `the document knows entry ${run.head.entry}, which does not exist`;
  else {
    const stored = new Map<string, unknown>(Object.entries(plain(run)));
    for (const [field, value] of Object.entries(plain(then))) {
      if (document.unknown?.has(field) === true || isDeepStrictEqual(stored.get(field), value)) continue;
      yield `${field} is ${JSON.stringify(stored.get(field))} and should be ${JSON.stringify(value)}`;
    }
  }
  if (newest.status !== 'running' && run.head.entry < newest.head.entry) {
    yield `the run is ${newest.status}, and the document stopped at entry ${run.head.entry}`;
  }
}

/** Without what is `undefined`, which no document holds. */
function plain(run: Run): object {
  const copy: unknown = JSON.parse(JSON.stringify(run));
  return typeof copy === 'object' && copy !== null ? copy : {};
}

function of<T extends RunEventType>(events: readonly RunEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

function repeated(values: readonly string[]): string[] {
  const seen = new Set<string>();
  return values.filter((value) => seen.size === seen.add(value).size);
}
