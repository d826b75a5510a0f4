import { isDeepStrictEqual } from 'node:util';
import { isObject, isTerminal, type Run, type RunEvent } from '@longrun/shared';
import { checkRun } from '../../functions/src/domain/invariants.ts';
import { wasGivenUp } from './given-up.ts';
import type { StoredRun } from './stored.ts';
import type { Call } from './tool-server.ts';
import type { Trial } from './trial.ts';

/** What may not happen, each counted for itself. */
export const FAULTS = [
  'lost',
  'duplicated',
  'out_of_order',
  'stuck',
  'repeated_effect',
  'failed',
  'inconsistent',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface Finding {
  fault: Fault;
  run_id: string | null;
  detail: string;
}

/** Everything that is wrong with one run that ought to have ended. `callsOf`: what the tool saw of a key. */
export function examine(
  trial: Trial,
  stored: StoredRun | null,
  callsOf: (key: string) => readonly Call[],
): Finding[] {
  const { runId, failure } = trial;
  const found: Finding[] = [];
  const report = (fault: Fault, detail: string) => found.push({ fault, run_id: runId, detail });
  if (failure !== null) {
    const state = `the storage says ${stored?.document.status ?? 'nothing'}, its reader saw ${trial.seen.length} events`;
    report('stuck', `${trial.kind} ${trial.key}: ${failure}; ${state}`);
  }
  if (runId === null) return found;
  if (stored === null) {
    report('lost', 'an acknowledged run is not in the storage');
    return found;
  }
  const events = stored.log.flatMap(({ entry }) => entry.events);
  examineLog(stored, report);
  if (!isTerminal(stored.document.status)) report('stuck', `is still ${stored.document.status}`);
  else if (failure === null) examineReader(trial.seen, events, report);
  examineOutcome(trial, stored.document, events, report);
  examineEffects(stored, callsOf, report);
  return found;
}

type Report = (fault: Fault, detail: string) => void;

/** Invariants that a reader would notice as disorder or doubles; breaking any other is an inconsistency. */
const FAULT_OF: ReadonlyMap<string, Fault> = new Map([
  ['entries-dense', 'out_of_order'],
  ['seq-dense', 'out_of_order'],
  ['terminal-last', 'out_of_order'],
  ['written-once', 'duplicated'],
  ['effects-once', 'duplicated'],
  ['checkpoint-exists', 'lost'],
]);

function examineLog({ evidence }: StoredRun, report: Report): void {
  for (const { id, violations } of checkRun(evidence)) {
    for (const violation of violations ?? [])
      report(FAULT_OF.get(id) ?? 'inconsistent', `${id}: ${violation}`);
  }
}

/** A live reader saw exactly the log, whatever died on the way. */
function examineReader(seen: readonly RunEvent[], events: readonly RunEvent[], report: Report): void {
  if (isDeepStrictEqual(seen, events)) return;
  const seqs = seen.map((event) => event.seq);
  if (new Set(seqs).size < seqs.length) report('duplicated', 'a live reader was shown an event twice');
  else if (seqs.some((seq, i) => i > 0 && seq < (seqs[i - 1] ?? 0))) {
    report('out_of_order', 'a live reader was shown events out of order');
  } else
    report('lost', `a live reader saw ${seen.length} of ${events.length} events, or others than are stored`);
}

function examineOutcome(trial: Trial, run: Run, events: RunEvent[], report: Report): void {
  if (run.status === 'failed' && !wasGivenUp(events))
    report('failed', `${run.error?.code}: ${run.error?.message}`);
  if (run.status === 'cancelled' && trial.kind !== 'cancelled') report('failed', 'was cancelled by nobody');
  const cancelled = events.findIndex((event) => event.type === 'cancel.requested');
  if (cancelled >= 0 && events.slice(cancelled).some((event) => event.type === 'node.started')) {
    report('inconsistent', 'a step started after the cancel was accepted');
  }
  if (trial.kind === 'asked') examineAnswers(trial, run, events, report);
  else examineSteps(trial, run, events, report);
}

function examineAnswers(trial: Trial, run: Run, events: RunEvent[], report: Report): void {
  const answers = events.filter((event) => event.type === 'interrupt.answered');
  if (answers.length > 1) report('duplicated', `a question was answered ${answers.length} times`);
  const accepted = trial.answered.filter((status) => status === 200).length;
  if (trial.answered.length > 0 && accepted !== 1) {
    report(
      'inconsistent',
      `of two different answers ${accepted} were accepted (${trial.answered.join(', ')})`,
    );
  }
  const given = answers.flatMap((event) => Object.values(event.answers));
  const said = JSON.stringify(run.output);
  if (
    run.status === 'completed' &&
    !given.every((value) => said.includes(`You said \\"${String(value)}\\".`))
  ) {
    report('inconsistent', 'the run did not go on with the answer that was recorded');
  }
}

/** Every step once, in the state and in the log; the run before on the thread had ended. */
function examineSteps(trial: Trial, run: Run, events: RunEvent[], report: Report): void {
  const finished = events.flatMap((event) => (event.type === 'node.finished' ? keysIn(event) : []));
  const twice = finished.filter((key, i) => finished.indexOf(key) !== i);
  if (twice.length > 0) report('duplicated', `steps finished twice: ${twice.join(', ')}`);
  if (run.status !== 'completed') return;
  const wanted = Array.from({ length: trial.rounds }, (_, i) =>
    ['plan', 'left', 'right', 'join'].map((node) => `${i + 1}/${node}`),
  ).flat();
  const done = stepsOf(trial, keysOf(run.output));
  if (!isDeepStrictEqual(done, wanted)) report('inconsistent', `the state says ${JSON.stringify(done)}`);
  const missing = wanted.filter((step) => !stepsOf(trial, finished).includes(step));
  // What a run that was given up had finished stands in its own log.
  if (missing.length > 0 && trial.retryOf === null)
    report('lost', `steps that never finished: ${missing.join(', ')}`);
  const before = trial.before?.seen.at(-1)?.type === 'run.completed' ? trial.before.runId : null;
  if (before !== null && !keysOf(run.output).some((key) => key.startsWith(`${before}/`))) {
    report('out_of_order', 'does not build on the run that was on its thread before');
  }
}

/** The keys of this run and of those that it does again, without the runs' ids. */
function stepsOf(trial: Trial, keys: readonly string[]): string[] {
  const ids: string[] = [];
  for (let each: Trial | null = trial; each !== null; each = each.retryOf) ids.push(`${each.runId}/`);
  return keys.flatMap((key) => {
    const id = ids.find((prefix) => key.startsWith(prefix));
    return id === undefined ? [] : [key.slice(id.length)];
  });
}

/** A step that is recorded as done may not begin again. Repeats before that are what the key is for. */
function examineEffects({ log }: StoredRun, callsOf: (key: string) => readonly Call[], report: Report): void {
  for (const { entry, committedAt } of log) {
    for (const key of entry.events.flatMap((event) =>
      event.type === 'node.finished' ? keysIn(event) : [],
    )) {
      const calls = callsOf(key);
      if (calls.length === 0) report('lost', `${key} is recorded as done but never reached the tool`);
      const late = calls.filter(({ startedAt }) => startedAt > committedAt);
      if (late.length > 0) {
        report(
          'repeated_effect',
          `${key} began again ${(late[0]?.startedAt ?? 0) - committedAt} ms after its commit`,
        );
      }
    }
  }
}

/** Keys of the tool calls that the node reports. */
export function keysIn(event: Extract<RunEvent, { type: 'node.finished' }>): string[] {
  return keysOf(event.result);
}

function keysOf(value: unknown): string[] {
  const done = isObject(value) ? value['done'] : undefined;
  return Array.isArray(done) ? done.filter((key) => typeof key === 'string') : [];
}
