import type { Run } from './run.ts';
import { mayFollow, type RunStatus } from './status.ts';

export class IllegalTransition extends Error {
  constructor(from: RunStatus, to: RunStatus) {
    super(`A run cannot go from ${from} to ${to}.`);
    this.name = 'IllegalTransition';
  }
}

/** The run in another status. Throws IllegalTransition. */
export function to(run: Run, status: RunStatus): Run {
  if (!mayFollow(run.status, status)) throw new IllegalTransition(run.status, status);
  return { ...run, status };
}

/** A time of an event, milliseconds since 1970, as documents have it. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}
