/** The little that a move must know of runs. */
import { isTerminal, type RunStatus } from '@longrun/shared';
import type { Fields } from './messages.ts';

const RUN = /^users\/[^/]+\/runs\/[^/]+$/;

export const isRun = (path: string): boolean => RUN.test(path);

/** Every run's document has one of the statuses. */
export const isActive = ({ status }: Fields): boolean => !isTerminal(status?.stringValue as RunStatus);

/**
 * Tasks do not move, so a run that waits for one is due at once: the first look of the sweeper finds it. `wake_at` is the only field
 * that a move changes.
 */
export function dueAt(fields: Fields, now: Date): Fields {
  return fields['wake_at']?.stringValue ? { ...fields, wake_at: { stringValue: now.toISOString() } } : fields;
}

/** What of a document must be the same at both sides. */
export function lasting(path: string, fields: Fields): Fields {
  if (!isRun(path)) return fields;
  const { wake_at: _, ...rest } = fields;
  return rest;
}
