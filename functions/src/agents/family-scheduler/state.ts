import { Annotation, MessagesAnnotation } from '@langchain/langgraph';
import type { Block } from './calendar/blocks.ts';
import type { Household } from './calendar/household.ts';
import type { Verdict } from './planning/verdict.ts';
import type { Wish } from './request/wish.ts';
import type { Decision } from './conversation/decision.ts';
import type { Instant } from './time/zone.ts';

/** When and where the request was made. `fixed`: the input said so, and time does not go on while a person thinks. */
export interface Clock {
  now: Instant;
  zone: string;
  fixed: boolean;
}

/** What was written into the calendar. */
export interface Booking {
  title: string;
  start: Instant;
  end: Instant;
  allDay: boolean;
  people: string[];
  resources: string[];
  /** Repeated writing was recognised by it. */
  key: string;
  moved: { title: string; from: Instant; to: Instant; end: Instant } | null;
  /** What the person was told speaks against it, and accepted. */
  accepted: string[];
}

/**
 * `messages` and, if wanted, `calendar` (.ics text), `now` (ISO time) and `time_zone` come in; `booking` and `ics` (the
 * text of the events that were written) come out. All but the messages is about the latest request.
 */
export const SchedulerState = Annotation.Root({
  ...MessagesAnnotation.spec,
  calendar: Annotation<unknown>,
  now: Annotation<string | null>,
  time_zone: Annotation<string | null>,
  clock: Annotation<Clock>,
  /** The message that asks; with the thread it names the request. */
  request: Annotation<string>,
  wish: Annotation<Wish>,
  household: Annotation<Household>,
  /** What the person should know beside the answer. */
  remarks: Annotation<string[]>,
  busy: Annotation<Block[]>,
  used: Annotation<Block[]>,
  verdict: Annotation<Verdict | null>,
  decision: Annotation<Decision | null>,
  /** Why the person is asked again. */
  problem: Annotation<string | null>,
  booking: Annotation<Booking | null>,
  ics: Annotation<string | null>,
});

export type SchedulerStateType = typeof SchedulerState.State;
export type SchedulerUpdate = typeof SchedulerState.Update;
