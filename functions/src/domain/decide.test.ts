import type { NewEvent } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { decideAnswer, decideCancel, decideFailure, decideForcedCancel, decideGivenUp } from './decide.ts';
import { MAX_FAILURES } from './limits.ts';
import { AT, ATTEMPT, runAfter, STATES, type State } from './testing.ts';

const NOW = AT + 1_000;
const types = (events: NewEvent[] | null) => events?.map(({ type }) => type) ?? null;

describe('a cancel', () => {
  it.each<[State, string[] | null, string]>([
    ['pending', ['cancel.requested', 'run.cancelled'], 'nobody holds it: it ends at once'],
    ['waiting for its next try', ['cancel.requested', 'run.cancelled'], 'likewise'],
    ['asking', ['cancel.requested', 'run.cancelled'], 'likewise'],
    ['running', ['cancel.requested'], 'its worker ends it'],
    ['running, to be cancelled', null, 'it was asked for already'],
    ['completed', null, 'it has ended'],
    ['failed', null, 'it has ended'],
    ['cancelled', null, 'it has ended'],
  ])('%s -> %j: %s', (state, events) => {
    expect(types(decideCancel(STATES[state], 'ada', NOW))).toEqual(events);
  });

  it('that is to undo the run as well is asked for again, once, where it was only to end', () => {
    const asked = decideCancel(STATES['running, to be cancelled'], 'ada', NOW, { rollback: true });
    expect(asked).toEqual([{ type: 'cancel.requested', at: NOW, by: 'ada', rollback: true }]);
    const both = runAfter(ATTEMPT, ...(asked ?? []));
    expect(both).toMatchObject({ cancel_requested: true, rollback_requested: true });
    expect(decideCancel(both, 'ada', NOW, { rollback: true })).toBeNull();
    expect(decideCancel(both, 'ada', NOW)).toBeNull();
  });
});

describe('a cancel that its worker does not obey', () => {
  it.each<[State, string[] | null]>([
    ['running, to be cancelled', ['run.cancelled']],
    ['completed', null],
  ])('%s -> %j', (state, events) => {
    expect(types(decideForcedCancel(STATES[state], NOW))).toEqual(events);
  });
});

describe('answers', () => {
  const turn = { run_id: 'turn' };
  const answer = (state: State, answers: { [id: string]: string }) =>
    decideAnswer(STATES[state], answers, 'ada', NOW, turn);

  it('asking -> interrupted.answered, and a turn begins', () => {
    expect(answer('asking', { q: 'yes' })).toEqual([
      { type: 'interrupt.answered', at: NOW, answers: { q: 'yes' }, by: 'ada', turn },
    ]);
  });

  it('asking twice, one is answered -> the other one adds to the turn', () => {
    const half = runAfter(
      ATTEMPT,
      { type: 'interrupt.opened', at: AT, interrupts: ['p', 'q'].map((id) => ({ id, value: null })) },
      { type: 'interrupt.answered', at: AT, answers: { p: 1 }, by: 'ada', turn },
    );
    expect(decideAnswer(half, { q: 2 }, 'ada', NOW, { run_id: 'other' })?.[0]).not.toHaveProperty('turn');
    expect(decideAnswer(half, { q: 2 }, 'ada', NOW, { run_id: 'other', request: {} })?.[0]).toHaveProperty(
      'turn',
    );
  });

  it.each<[string, State, { [id: string]: string }]>([
    ['of a question that is not open', 'asking', { q: 'yes', other: 'no' }],
    ['without any', 'asking', {}],
    ['to a run that asks nothing', 'running', { q: 'yes' }],
    ['to a run that has ended', 'completed', { q: 'yes' }],
  ])('%s -> refused', (_, state, answers) => {
    expect(answer(state, answers)).toBeNull();
  });
});

describe('an attempt threw', () => {
  const error = { code: 'graph_error', message: 'broken' } as const;
  const failures = (count: number) => ({ ...STATES.running, failures: count });

  it.each([
    ['for good', 0, { error, retryable: false }, 'run.failed'],
    ['what may pass', 0, { error, retryable: true }, 'attempt.ended'],
    ['what may pass, once too often', MAX_FAILURES - 1, { error, retryable: true }, 'run.failed'],
    [
      'what is no fault of the run, ever so often',
      99,
      { error, retryable: true, excused: true },
      'attempt.ended',
    ],
  ])('%s, after %i failures', (_, before, failure, type) => {
    expect(types(decideFailure(failures(before), failure, NOW, 0.5))).toEqual([type]);
  });

  it('told when to come again -> not before, and not all at the same time', () => {
    const at = (random: number) =>
      decideFailure(failures(0), { error, retryable: true, retryAfterMs: 30_000 }, NOW, random)[0];
    expect(at(0)).toMatchObject({ retry_at: NOW + 30_500 });
    expect(at(0.9)).toMatchObject({ retry_at: NOW + 30_900 });
  });
});

it('given up by a clock that is behind the log -> not before what the log holds', () => {
  const [event] = decideGivenUp(STATES.running, { code: 'graph_error', message: 'x' }, AT - 60_000);
  expect(event).toMatchObject({ type: 'run.failed', at: AT });
});
