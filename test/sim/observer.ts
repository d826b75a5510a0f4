import { foldEntry, isTerminal, type LogEntry, type Run, type RunEvent } from '@longrun/shared';
import { checkpointKey, writesKey } from '../../functions/src/runtime/saver/keys.ts';
import type { DocumentWrite, Fields } from '../../functions/src/ports/documents.ts';
import { entryOf, type Violation } from './check-table.ts';
import type { Execution } from './outside.ts';
import type { World } from './world.ts';

export interface Observed {
  run: Run;
  events: RunEvent[];
  /** By entry: which write it was. */
  nonces: string[];
}

const LOG = /^(.*\/runs\/([^/]+))\/log\//;
export const CHECKPOINT = /\/checkpoints\/[^!/]*![^!/]*$/;

const THREAD = /^users\/[^/]+\/threads\/[^/]+$/;

/** LangGraph's own task for what a command says, which it may write before the first checkpoint of a graph. */
const COMMANDS = '00000000-0000-0000-0000-000000000000';
const isOfCommand = (field: unknown) =>
  !(field instanceof Object && 'task' in field) || field['task'] === COMMANDS;

/** The thread whose state a commit edits, which no run does. */
export function editOf(writes: readonly DocumentWrite[]): string | undefined {
  return writes.find(
    (write) =>
      write.op !== 'delete' &&
      typeof write.fields['state_updated_at'] === 'string' &&
      THREAD.test(write.path),
  )?.path;
}

/** Sees every commit as it happens: what is true only for an instant can be checked only then. */
export class Observer {
  readonly violations: Violation[] = [];
  readonly runs = new Map<string, Observed>();
  /** Called with the run and the events of each entry that was committed. */
  readonly onEntry = new Set<(run: Run, events: RunEvent[]) => void>();
  /** Attempts that began although nothing said that the one before had ended; `alive`: its process lived. */
  readonly takeOvers: { runId: string; from: string; by: string; alive: boolean }[] = [];
  isAlive: (process: string) => boolean = () => false;
  readonly #world: World;
  readonly #executions = new Map<string, number>();
  readonly #stored = new Set<string>();
  readonly #asking = new Set<string>();
  readonly #begun = new Map<string, number>();
  readonly #names = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
  }

  committed(writes: DocumentWrite[]): void {
    const entries: LogEntry[] = [];
    for (const write of writes) {
      const runId = LOG.exec(write.path)?.[2];
      if (runId === undefined) continue;
      if (write.op === 'create') entries.push(this.#append(runId, write.fields));
      else this.#changed(runId, write, entries);
    }
    this.#checkpointsWith(entries, writes);
    this.#writesAfterCheckpoint(writes);
    for (const { path, fields } of writes.filter((write) => write.op === 'merge' || write.op === 'set'))
      if (path.endsWith('!w')) this.#rememberQuestions(path, fields);
    this.#questionsStored(entries);
  }

  /** A step is executed. Once in an attempt is right. */
  begun({ runId, task, step }: Execution): void {
    const key = `${runId} ${task}`;
    const times = (this.#begun.get(key) ?? 0) + 1;
    this.#begun.set(key, times);
    const attempts =
      this.runs.get(runId)?.events.filter(({ type }) => type === 'attempt.started').length ?? 0;
    if (times > attempts)
      this.violated('executed-per-attempt', `${step} was executed ${times} times in ${attempts} attempts`);
  }

  /** A step took effect outside. At least once is right; after its result was recorded it is not. */
  effect({ runId, task, process }: Execution): void {
    const observed = this.runs.get(runId);
    if (observed === undefined) return this.violated('effect-known', `a step of the unknown run ${runId}`);
    const key = `${runId} ${task}`;
    const times = (this.#executions.get(key) ?? 0) + 1;
    this.#executions.set(key, times);
    const { run, events } = observed;
    const attempts = events.filter((event) => event.type === 'attempt.started');
    if (times > attempts.length)
      this.violated('effect-per-attempt', `${times} executions in ${attempts.length} attempts`);
    const own = attempts.filter(({ worker }) => worker === process.name);
    const live = own.length === 1 && own[0] === attempts.at(-1) && run.status === 'running';
    if (live && events.some((event) => event.type === 'node.finished' && event.task === task)) {
      this.violated(
        'effect-repeated',
        `task ${task} of run ${runId} was done again after its result was stored`,
      );
    }
  }

  violated(id: string, detail: string): void {
    this.violations.push({ id, detail });
    this.#world.note(`## ${id}: ${detail}`);
  }

  /** An attempt began although nothing says that the one before has ended. */
  #takenOver({ run_id, status, holder }: Run, events: RunEvent[]): void {
    const started = events.find((event) => event.type === 'attempt.started');
    if (status !== 'running' || holder === null || started === undefined) return;
    this.takeOvers.push({ runId: run_id, from: holder, by: started.worker, alive: this.isAlive(holder) });
  }

  #append(runId: string, fields: Fields): LogEntry {
    const entry = entryOf(fields);
    const before = this.runs.get(runId);
    for (const event of entry.events)
      this.#world.note(() => `   + ${runId.slice(0, 4)} ${entry.n} ${this.#describe(event)}`);
    try {
      const run = foldEntry(before?.run, entry);
      if (before !== undefined) this.#takenOver(before.run, entry.events);
      const events = [...(before?.events ?? []), ...entry.events];
      const nonces = [...(before?.nonces ?? []), entry.nonce];
      this.runs.set(runId, { run, events, nonces });
      for (const tell of this.onEntry) tell(run, entry.events);
    } catch (error) {
      this.violated('legal-life', `run ${runId}, entry ${entry.n}: ${String(error)}`);
    }
    return entry;
  }

  /** What was seen under a number stays; only the log of an ended run may be compacted or removed. */
  #changed(runId: string, write: DocumentWrite, entries: LogEntry[]): void {
    const observed = this.runs.get(runId);
    if (observed !== undefined && isTerminal(observed.run.status)) return;
    if (write.op === 'set') {
      const { n, nonce } = write.fields;
      if (observed?.nonces[Number(n)] === nonce) return;
      if (n === (observed?.nonces.length ?? 0)) {
        entries.push(this.#append(runId, write.fields));
        return;
      }
    }
    this.violated('log-immutable', `${write.op} of ${write.path}`);
  }

  /** A checkpoint becomes visible together with the entry that reports it, or not at all. */
  #checkpointsWith(entries: LogEntry[], writes: DocumentWrite[]): void {
    if (editOf(writes) !== undefined) return;
    const stored = writes
      .filter(({ op, path }) => op !== 'delete' && CHECKPOINT.test(path))
      .map(({ path }) => path);
    const reported = entries
      .flatMap(({ events }) => events)
      .flatMap((event) => (event.type === 'checkpoint' ? [event.checkpoint_id] : []));
    for (const path of stored) {
      if (!reported.some((id) => path.endsWith(`!${id}`))) {
        this.violated('checkpoint-with-entry', `${path} was stored apart from its entry`);
      }
    }
    for (const id of reported) {
      if (!stored.some((path) => path.endsWith(`!${id}`))) {
        this.violated('checkpoint-with-entry', `${id} was reported and not stored with its entry`);
      }
    }
  }

  /** What a task wrote is stored when the checkpoint that it follows is: else the next attempt would not find it. */
  #writesAfterCheckpoint(writes: DocumentWrite[]): void {
    for (const { op, path } of writes) if (op !== 'delete' && CHECKPOINT.test(path)) this.#stored.add(path);
    for (const write of writes) {
      const { path } = write;
      if (write.op === 'delete' || !path.endsWith('!w') || this.#stored.has(path.slice(0, -2))) continue;
      if (Object.values(write.fields).every(isOfCommand)) continue;
      this.violated('writes-after-checkpoint', `${path} was stored before its checkpoint`);
    }
  }

  /** Tasks that ended with a question, as the writes of their checkpoint have it. */
  #rememberQuestions(path: string, fields: Fields): void {
    for (const field of Object.values(fields)) {
      if (!(field instanceof Object) || !('task' in field) || !('writes' in field)) continue;
      if (String(field['writes']).includes('"__interrupt__"'))
        this.#asking.add(`${path} ${String(field['task'])}`);
    }
  }

  /** Whoever reads the thread's state finds the questions there. */
  #questionsStored(entries: LogEntry[]): void {
    for (const event of entries.flatMap(({ events }) => events)) {
      if (event.type !== 'interrupt.opened') continue;
      for (const { id, asker } of event.interrupts) {
        if (asker === undefined) continue;
        const key = writesKey(checkpointKey(asker.checkpoint_ns, asker.checkpoint_id));
        const stored = [...this.#asking].some((asked) => asked.endsWith(`/${key} ${asker.task}`));
        if (!stored) this.violated('question-stored', `${id} was asked and is not in the state`);
      }
    }
  }

  /** For the trace, which must be the same whenever the world is played: ids of checkpoints hold the time. */
  #describe(event: RunEvent): string {
    const node = 'node' in event && event.node !== undefined ? ` ${event.node}` : '';
    return `${event.seq} ${event.type}${node} ${this.#details(event)}`.trimEnd();
  }

  #details(event: RunEvent): string {
    switch (event.type) {
      case 'attempt.started':
        return `${event.attempt} by ${event.worker}`;
      case 'attempt.ended':
        return `${event.reason} ${event.error?.message ?? ''}`;
      case 'run.failed':
        return `${event.error.code}: ${event.error.message}`;
      case 'checkpoint':
        return `${this.#name(event.checkpoint_id)} after ${this.#name(event.parent_id ?? 'none')}`;
      case 'interrupt.opened':
        return event.interrupts.map(({ id }) => this.#name(id)).join(' ');
      case 'interrupt.answered':
        return Object.entries(event.answers)
          .map(([id, value]) => `${this.#name(id)}=${String(value)}`)
          .join(' ');
      default:
        return '';
    }
  }

  #name(id: string): string {
    let name = this.#names.get(id);
    if (name === undefined) this.#names.set(id, (name = `#${this.#names.size + 1}`));
    return name;
  }
}
