import { describe, expect, it } from 'vitest';
import type { NewEvent } from './events.ts';
import { foldLog } from './fold.ts';
import type { Run } from './run.ts';

const AT = 1_700_000_000_000;
const CREATED: NewEvent = {
  type: 'run.created',
  at: AT,
  run_id: 'r',
  thread_id: 't',
  owner: 'ada',
  assistant_id: 'g',
  title: '',
  input: null,
  config: {},
  metadata: {},
};
const error = { code: 'graph_error', message: 'broken' } as const;
const attempt: NewEvent = { type: 'attempt.started', at: AT, attempt: 1, worker: 'w' };
const started: NewEvent = { type: 'node.started', at: AT, task: 'a', node: 'a', ns: [] };
const finished: NewEvent = { type: 'node.finished', at: AT, task: 'a', node: 'a', ns: [] };
const failed: NewEvent = { type: 'attempt.ended', at: AT, attempt: 1, reason: 'failed', error };
const drained: NewEvent = { type: 'attempt.ended', at: AT, attempt: 1, reason: 'drained' };
const asks: NewEvent = {
  type: 'interrupt.opened',
  at: AT,
  interrupts: ['p', 'q'].map((id) => ({ id, value: null })),
};
const answer = (id: string, at = AT): NewEvent => ({
  type: 'interrupt.answered',
  at,
  answers: { [id]: id },
  by: 'ada',
});
const completed: NewEvent = { type: 'run.completed', at: AT, output: 'done' };

function fold(...news: NewEvent[]): Run {
  const events = [CREATED, ...news].map((event, i) => ({ ...event, seq: i + 1 }));
  return foldLog([{ n: 0, writer: 'w', nonce: 'x', events }]);
}

describe('state -> state: effect', () => {
  it.each<[string, NewEvent[], Partial<Run>]>([
    [
      'pending -> running: it has a holder',
      [attempt],
      { status: 'running', holder: 'w', attempt: 1, lost: 0 },
    ],
    [
      'running -> running: the attempt before was lost, with its open steps',
      [attempt, started, attempt],
      { lost: 1, nodes: [] },
    ],
    [
      'running -> pending: an error counts',
      [attempt, failed],
      { status: 'pending', failures: 1, holder: null, error },
    ],
    [
      'running -> pending: an excused error does not',
      [attempt, { ...failed, excused: true }],
      { failures: 0, error },
    ],
    ['running -> pending: handed over', [attempt, drained], { status: 'pending', failures: 0, holder: null }],
    [
      'a finished step: what failed before is forgiven',
      [attempt, failed, attempt, started, finished],
      { failures: 0, error: null, steps_done: 1, nodes: [] },
    ],
    [
      'running -> interrupted: nobody holds it',
      [attempt, asks],
      { status: 'interrupted', holder: null, answers: {} },
    ],
    [
      'interrupted, one of two is answered: it waits',
      [attempt, asks, answer('p')],
      { status: 'interrupted', answers: { p: 'p' } },
    ],
    [
      'interrupted -> pending: all are answered, and waiting was free',
      [attempt, asks, answer('p'), answer('q', AT + 5_000)],
      { status: 'pending', answers: { p: 'p', q: 'q' }, waited_ms: 5_000, asked_at: null },
    ],
    [
      'answered twice: the first answer counts',
      [attempt, asks, answer('p'), { type: 'interrupt.answered', at: AT, answers: { p: 'late' }, by: 'bob' }],
      { answers: { p: 'p' } },
    ],
    [
      'running -> completed: questions and steps are over',
      [attempt, started, completed],
      { status: 'completed', output: 'done', nodes: [], holder: null },
    ],
    [
      '-> failed: answers are kept for another try',
      [attempt, asks, answer('p'), { type: 'run.failed', at: AT, error }],
      { status: 'failed', answers: { p: 'p' }, error },
    ],
    [
      'interrupted -> cancelled: it was withdrawn',
      [attempt, asks, { type: 'run.cancelled', at: AT }],
      { status: 'cancelled', withdrawn: true },
    ],
    [
      'a cancel was asked for: nothing else',
      [attempt, { type: 'cancel.requested', at: AT, by: 'ada' }],
      { status: 'running', cancel_requested: true },
    ],
  ])('%s', (_, events, expected) => {
    expect(fold(...events)).toMatchObject(expected);
  });
});

describe('refused', () => {
  it.each<[string, NewEvent[]]>([
    ['pending -> completed', [completed]],
    ['pending -> interrupted', [asks]],
    ['interrupted -> running', [attempt, asks, attempt]],
    ['completed -> running', [attempt, completed, attempt]],
    [
      'cancelled -> failed',
      [
        { type: 'run.cancelled', at: AT },
        { type: 'run.failed', at: AT, error },
      ],
    ],
  ])('%s', (way, events) => {
    const [from, to] = way.split(' -> ');
    expect(() => fold(...events)).toThrow(`A run cannot go from ${from} to ${to}.`);
  });

  it('a run that is created twice', () => {
    expect(() => fold(CREATED)).toThrow('A run is created once.');
  });
});
