import { END, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { answer } from './nodes/answer.ts';
import { askPerson } from './nodes/ask.ts';
import { book } from './nodes/book.ts';
import { calendarSpecialist, conflictSpecialist, resourceSpecialist } from './nodes/specialists.ts';
import { understand } from './nodes/understand.ts';
import type { Understand } from './request/understand.ts';
import { SchedulerState, type SchedulerStateType } from './state.ts';
import type { Instant } from './time/zone.ts';

export interface SchedulerOptions {
  understand: () => Understand;
  /** The clock, for requests that do not say what time it is. */
  now: () => Instant;
}

type State = SchedulerStateType;
type Config = LangGraphRunnableConfig;

const SPECIALISTS = ['calendar_specialist', 'resource_specialist'] as const;

/**
 * understand -> calendar and resource specialists side by side -> conflict specialist -> book -> answer. A conflict asks a
 * person in between, as often as it takes; whatever the person decides is looked at by the specialists again.
 */
export function buildScheduler({ understand: by, now }: SchedulerOptions) {
  const clock = { now };
  return new StateGraph(SchedulerState)
    .addNode('understand', (state: State, config: Config) =>
      understand(state, config, { ...clock, understand: by() }),
    )
    .addNode('calendar_specialist', (state: State, config: Config) =>
      calendarSpecialist(state, config, clock),
    )
    .addNode('resource_specialist', (state: State, config: Config) =>
      resourceSpecialist(state, config, clock),
    )
    .addNode('conflict_specialist', (state: State, config: Config) =>
      conflictSpecialist(state, config, clock),
    )
    .addNode('ask_person', (state: State) => askPerson(state, clock))
    .addNode('book', (state: State, config: Config) => book(state, config, clock))
    .addNode('answer', (state: State, config: Config) => answer(state, config, clock))
    .addEdge(START, 'understand')
    .addConditionalEdges(
      'understand',
      ({ wish }) => (wish.kind === 'unclear' ? 'answer' : [...SPECIALISTS]),
      [...SPECIALISTS, 'answer'],
    )
    .addEdge([...SPECIALISTS], 'conflict_specialist')
    .addConditionalEdges('conflict_specialist', afterVerdict, ['book', 'ask_person', 'answer'])
    .addConditionalEdges('ask_person', afterAnswer, ['ask_person', ...SPECIALISTS, 'book', 'answer'])
    .addConditionalEdges('book', ({ booking }) => (booking === null ? [...SPECIALISTS] : 'answer'), [
      ...SPECIALISTS,
      'answer',
    ])
    .addEdge('answer', END)
    .compile();
}

function afterVerdict({ verdict }: State) {
  if (verdict?.kind === 'free') return 'book';
  return verdict?.kind === 'clash' ? 'ask_person' : 'answer';
}

function afterAnswer({ decision, problem }: State) {
  if (problem !== null || decision === null || decision.kind === 'other') return 'ask_person';
  if (decision.kind === 'named') return [...SPECIALISTS];
  return decision.kind === 'cancel' ? 'answer' : 'book';
}
