import type { Json, Run, RunEvent } from '@longrun/shared';
import { pick } from '../support/random.ts';
import { Refused, type PatientClient } from './client.ts';
import { wasGivenUp } from './given-up.ts';

/** What is done with a run while processes die around it. */
type Kind = 'plain' | 'cancelled' | 'asked' | 'queued' | 'retried';

/** One run as its client knows it. */
export interface Trial {
  readonly kind: Kind;
  readonly uid: string;
  readonly key: string;
  readonly rounds: number;
  /** The client got a 2xx for its creation. */
  runId: string | null;
  /** Every event that a live reader was shown, in that order. */
  readonly seen: RunEvent[];
  /** Statuses of the answers that two clients gave to the same question. */
  readonly answered: number[];
  /** The run that was on the thread before. */
  before: Trial | null;
  /** The run that was given up and that this one does again from where that one stopped. */
  retryOf: Trial | null;
  /** Why it could not be played to its end. */
  failure: string | null;
}

const KINDS: readonly (readonly [Kind, number])[] = [
  ['plain', 70],
  ['cancelled', 10],
  ['asked', 10],
  ['queued', 10],
];

interface Stage {
  client: PatientClient;
  /** Address of the tool that the runs call. */
  tool: string;
  random: () => number;
  /** Hears of every run as soon as it is tried. */
  onTrial: (trial: Trial) => void;
}

/** Creates a run, follows it live, does what its kind says, and resolves when its end was seen. */
export async function play(stage: Stage, name: string): Promise<Trial[]> {
  const { random } = stage;
  const kind = pick(random, KINDS);
  const rounds = 1 + Math.floor(random() * 3);
  const first = newTrial(stage, { kind, key: name, rounds });
  if (kind === 'plain') return await untilDone(stage, first);
  if (kind !== 'queued') return [await perform(stage, first)];
  const second = newTrial(stage, { kind, key: `${name}-next`, rounds });
  second.before = first;
  const thread = `thread-${name}`;
  const created = await createIn(stage, first, thread);
  if (created === null) return [first];
  await createIn(stage, second, thread);
  await Promise.all([watch(stage, first), watch(stage, second)]);
  return [first, second];
}

function newTrial(stage: Stage, { kind, key, rounds }: Pick<Trial, 'kind' | 'key' | 'rounds'>): Trial {
  const trial: Trial = {
    kind,
    uid: stage.client.uid,
    key,
    rounds,
    runId: null,
    seen: [],
    answered: [],
    before: null,
    retryOf: null,
    failure: null,
  };
  stage.onTrial(trial);
  return trial;
}

/** A run under which too many workers in a row died is given up; it is tried again, as its owner would. */
async function untilDone(stage: Stage, first: Trial): Promise<Trial[]> {
  const trials = [await perform(stage, first)];
  for (let last = first; wasGivenUp(last.seen);) {
    const again = newTrial(stage, { kind: 'retried', key: `${last.key}-again`, rounds: last.rounds });
    again.retryOf = last;
    trials.push(again);
    const run = await attempt(again, () => stage.client.retry(String(again.retryOf?.runId)));
    again.runId = run?.run_id ?? null;
    await watch(stage, again);
    last = again;
  }
  return trials;
}

async function perform(stage: Stage, trial: Trial): Promise<Trial> {
  if ((await createIn(stage, trial, null)) === null) return trial;
  const steps = Math.floor(stage.random() * 12);
  await watch(stage, trial, (event) => {
    if (trial.kind === 'cancelled' && event.seq === steps + 1) return cancel(stage, trial);
    if (trial.kind === 'asked' && event.type === 'interrupt.opened') {
      const [question] = event.interrupts;
      return question === undefined ? undefined : answerTwice(stage, trial, question.id);
    }
    return undefined;
  });
  return trial;
}

async function createIn(stage: Stage, trial: Trial, thread: string | null): Promise<Run | null> {
  const messages = [{ role: 'user', content: `chaos ${trial.key}` }];
  const delay_ms = 100 + Math.floor(stage.random() * 500);
  const { kind, rounds } = trial;
  const body =
    kind === 'asked'
      ? { assistant_id: 'asks', input: { messages, question: 'Shall I?' } }
      : {
          assistant_id: 'tool',
          // The state of a thread outlives the run, so the count of rounds is set anew.
          input: { messages, tool: stage.tool, rounds, delay_ms, round: 0 },
          ...(thread === null ? {} : { thread_id: thread, multitask_strategy: 'enqueue' }),
        };
  const run = await attempt(trial, () => stage.client.create(body, trial.key));
  trial.runId = run?.run_id ?? null;
  return run;
}

/** Follows to the end, and waits for what was done on the way. */
async function watch(
  stage: Stage,
  trial: Trial,
  react: (event: RunEvent) => Promise<void> | undefined = () => undefined,
): Promise<void> {
  const { runId } = trial;
  if (runId === null) return;
  const acts: Promise<void>[] = [];
  await attempt(trial, async () => {
    await stage.client.follow(runId, (event) => {
      trial.seen.push(event);
      const act = react(event);
      if (act !== undefined) acts.push(act);
    });
    await Promise.all(acts);
  });
}

async function cancel(stage: Stage, trial: Trial): Promise<void> {
  const { status, body } = await stage.client.send('POST', `/runs/${trial.runId}/cancel`);
  if (status !== 200) throw new Refused(status, body);
}

/** Two people answer at the same moment, each something else. */
async function answerTwice(stage: Stage, trial: Trial, question: string): Promise<void> {
  const answer = (value: Json) =>
    stage.client.send('POST', `/runs/${trial.runId}/answer`, { answers: { [question]: value } });
  const both = await Promise.all([answer('yes'), answer('no')]);
  trial.answered.push(...both.map(({ status }) => status));
}

async function attempt<T>(trial: Trial, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    trial.failure = error instanceof Error ? error.message : String(error);
    return null;
  }
}
