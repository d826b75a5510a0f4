import { interrupt } from '@langchain/langgraph';
import { decide, question, type Decision, type Question } from '../conversation/decision.ts';
import { readTime, timeQuestion } from '../conversation/time-form.ts';
import type { SchedulerStateType, SchedulerUpdate } from '../state.ts';
import type { Instant } from '../time/zone.ts';
import { situationOf, timeOf } from './context.ts';

/**
 * Asks the person, and takes the answer. One that does not do is asked for again, saying why: as a step of its own, so
 * that no answer is ever taken for that of another question.
 */
export function askPerson(state: SchedulerStateType, { now }: { now: () => Instant }): SchedulerUpdate {
  const { verdict, decision, problem, wish } = state;
  if (verdict?.kind !== 'clash') throw new Error('There is nothing to ask.');
  // The question must be the same when the step is repeated to take its answer.
  const situation = situationOf(state, timeOf(state.clock, now));
  const other = decision?.kind === 'other';
  const answer = interrupt<Question, unknown>(
    other ? timeQuestion(situation, problem) : question(verdict, situation, problem),
  );
  const made: Decision | string = other ? readTime(answer, wish) : decide(answer, verdict, situation);
  if (typeof made === 'string') return { problem: made };
  if (made.kind !== 'named') return { decision: made, problem: null };
  const { start, minutes } = made;
  const day = start.slice(0, 10);
  return {
    wish: { ...wish, kind: 'book', start, minutes, from: day, to: day },
    decision: made,
    problem: null,
  };
}
