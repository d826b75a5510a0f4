/** The life of a run. Predicates live here so that no other file compares statuses by hand. */
export const RUN_STATUSES = [
  'pending',
  'running',
  'interrupted',
  'completed',
  'failed',
  'cancelled',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** Which status may follow which. A terminal status is followed by none. */
const NEXT: Record<RunStatus, readonly RunStatus[]> = {
  // A worker that drains hands the run back to the queue: running -> pending.
  pending: ['running', 'failed', 'cancelled'],
  running: ['running', 'pending', 'interrupted', 'completed', 'failed', 'cancelled'],
  interrupted: ['pending', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
};

export function mayFollow(from: RunStatus, to: RunStatus): boolean {
  return NEXT[from].includes(to);
}

export function isTerminal(status: RunStatus): boolean {
  return NEXT[status].length === 0;
}

/** Work is going on or about to: not ended, and not waiting for a person. */
export function isActive(status: RunStatus): boolean {
  return status === 'pending' || status === 'running';
}

export function isRunStatus(value: string): value is RunStatus {
  return (RUN_STATUSES as readonly string[]).includes(value);
}
