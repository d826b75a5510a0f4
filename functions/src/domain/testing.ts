import { foldLog, type NewEvent, type Run } from '@longrun/shared';

/** When everything in these tests happens. Milliseconds since 1970. */
export const AT = 1_700_000_000_000;

export const CREATED: NewEvent = {
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
export const ATTEMPT: NewEvent = { type: 'attempt.started', at: AT, attempt: 1, worker: 'w' };
const FAILED: NewEvent = {
  type: 'attempt.ended',
  at: AT,
  attempt: 1,
  reason: 'failed',
  retry_at: AT + 9_000,
};
const error = { code: 'graph_error', message: 'broken' } as const;

/** A run after these events. */
export function runAfter(...news: NewEvent[]): Run {
  const events = [CREATED, ...news].map((event, i) => ({ ...event, seq: i + 1 }));
  return foldLog([{ n: 0, writer: 'w', nonce: 'x', events }]);
}

/** A run in each state that rules tell apart. */
export const STATES = {
  pending: runAfter(),
  running: runAfter(ATTEMPT),
  'running, to be cancelled': runAfter(ATTEMPT, { type: 'cancel.requested', at: AT, by: 'ada' }),
  'waiting for its next try': runAfter(ATTEMPT, FAILED),
  asking: runAfter(ATTEMPT, { type: 'interrupt.opened', at: AT, interrupts: [{ id: 'q', value: null }] }),
  completed: runAfter(ATTEMPT, { type: 'run.completed', at: AT, output: null }),
  failed: runAfter(ATTEMPT, { type: 'run.failed', at: AT, error }),
  cancelled: runAfter({ type: 'run.cancelled', at: AT }),
} satisfies { [state: string]: Run };
export type State = keyof typeof STATES;
