import type { WebhookType } from './api.ts';
import type { EventOf, RunEvent, RunEventType } from './events.ts';

/** What depends on the type of an event, as far as it is data. Code that depends on it switches over all types. */
export interface EventTraits {
  /** What it says, in one sentence: for the API's document and for ARCHITECTURE.md. */
  says: string;
  /** Who may append it: the worker that has the run, somebody else while it has the run, or whoever is first. */
  by: 'worker' | 'command' | 'anyone';
  /** When a worker writes it: at once, with what follows in an instant, or at the pace of streamed text. */
  flush: 'at once' | 'in an instant' | 'paced';
  /** Nobody waits to see it, so it does not begin a stream anew. */
  unseen?: true;
  /** Whether the run's document is written with it, soon after it, or need not follow. */
  glance: 'at once' | 'soon' | 'no';
  /** Whether logs and traces are told of it. */
  told: boolean;
  /** What it does to the attempt that has the run. */
  attempt?: 'begins' | 'ends';
  /** The run has ended; nothing follows. */
  terminal?: true;
  /** What the run's webhook is told. */
  webhook?: WebhookType;
}

/** Every type of event. A new one is described here, and then wherever the compiler says. */
export const EVENT_TYPES = {
  'run.created': {
    says: 'The run was stored, with its input and settings.',
    by: 'anyone',
    flush: 'at once',
    glance: 'at once',
    told: true,
  },
  'attempt.started': {
    says: 'A worker took the run. Steps and text that were open before are superseded.',
    by: 'anyone',
    flush: 'at once',
    glance: 'at once',
    told: true,
    attempt: 'begins',
  },
  'attempt.ended': {
    says: 'The worker let go of the run: for the next worker, or to try again at `retry_at`.',
    by: 'worker',
    flush: 'at once',
    glance: 'at once',
    told: true,
    attempt: 'ends',
  },
  'node.started': {
    says: 'A node is executed.',
    by: 'worker',
    flush: 'in an instant',
    glance: 'at once',
    told: false,
  },
  'node.finished': {
    says: 'The node ended, and its result is stored.',
    by: 'worker',
    flush: 'at once',
    glance: 'soon',
    told: true,
  },
  'node.failed': {
    says: 'The node threw an error.',
    by: 'worker',
    flush: 'at once',
    glance: 'soon',
    told: true,
  },
  checkpoint: {
    says: 'LangGraph stored a checkpoint, in the same commit.',
    by: 'worker',
    flush: 'paced',
    unseen: true,
    glance: 'no',
    told: false,
  },
  'message.delta': {
    says: 'The next piece of a message that is being streamed.',
    by: 'worker',
    flush: 'paced',
    glance: 'no',
    told: false,
  },
  message: {
    says: 'A whole message. It replaces the pieces with its id.',
    by: 'worker',
    flush: 'at once',
    glance: 'soon',
    told: false,
  },
  progress: {
    says: 'How far a node has come, in its own words.',
    by: 'worker',
    flush: 'paced',
    glance: 'soon',
    told: false,
  },
  source: {
    says: 'A source that a node used.',
    by: 'worker',
    flush: 'paced',
    glance: 'soon',
    told: false,
  },
  usage: {
    says: 'Tokens that a call of a model used, and their price if it is known.',
    by: 'worker',
    flush: 'paced',
    glance: 'soon',
    told: false,
  },
  custom: {
    says: 'Anything else that a node wrote to its stream.',
    by: 'worker',
    flush: 'paced',
    glance: 'no',
    told: false,
  },
  stream: {
    says: 'One piece of a stream mode that a client of LangChain asked for.',
    by: 'worker',
    flush: 'paced',
    glance: 'no',
    told: false,
  },
  'interrupt.opened': {
    says: 'The run asks, and sleeps until it is answered.',
    by: 'worker',
    flush: 'at once',
    glance: 'at once',
    told: true,
    attempt: 'ends',
    webhook: 'run.interrupted',
  },
  'interrupt.answered': {
    says: 'Questions were answered. The first answer to a question counts.',
    by: 'command',
    flush: 'at once',
    glance: 'at once',
    told: true,
  },
  'interrupt.resumed': {
    says: 'In logs of before December 2026 only: which answers a step had taken. Nothing follows from it.',
    by: 'worker',
    flush: 'paced',
    glance: 'no',
    told: false,
  },
  'cancel.requested': {
    says: 'Somebody wants the run to end, or to be undone as well. No step starts after this.',
    by: 'command',
    flush: 'at once',
    glance: 'at once',
    told: true,
  },
  'run.completed': {
    says: 'The run ended with an output. Nothing follows.',
    by: 'worker',
    flush: 'at once',
    glance: 'at once',
    told: true,
    attempt: 'ends',
    terminal: true,
    webhook: 'run.completed',
  },
  'run.failed': {
    says: 'The run was given up, for the reason named. Nothing follows.',
    by: 'anyone',
    flush: 'at once',
    glance: 'at once',
    told: true,
    attempt: 'ends',
    terminal: true,
    webhook: 'run.failed',
  },
  'run.cancelled': {
    says: 'The run was ended on request. Nothing follows.',
    by: 'anyone',
    flush: 'at once',
    glance: 'at once',
    told: true,
    attempt: 'ends',
    terminal: true,
    webhook: 'run.cancelled',
  },
} as const satisfies Record<RunEventType, EventTraits>;

/** Of a type that only another version knows: nothing follows from it. */
const UNKNOWN: EventTraits = {
  says: 'Something that this version does not know.',
  by: 'anyone',
  flush: 'paced',
  glance: 'no',
  told: false,
};

export function traitsOf({ type }: { type: RunEvent['type'] }): EventTraits {
  return type === 'unknown' ? UNKNOWN : EVENT_TYPES[type];
}

/** Those of which logs and traces are told. */
type ToldType = {
  [T in RunEventType]: (typeof EVENT_TYPES)[T]['told'] extends true ? T : never;
}[RunEventType];
export type ToldEvent = EventOf<ToldType>;

export function isTold(event: RunEvent): event is ToldEvent {
  return traitsOf(event).told;
}

export function isTerminalEvent(event: { type: RunEvent['type'] }): boolean {
  return traitsOf(event).terminal === true;
}

/** What someone other than the worker may append while a worker holds the run. */
export function isCommand(event: { type: RunEvent['type'] }): boolean {
  return traitsOf(event).by === 'command';
}
