import type { RunEvent } from '@longrun/shared';
import { MAX_LOST } from '../../functions/src/domain/limits.ts';

/**
 * The promised end of a run under which one worker after the other dies: `failed`, and only after so many attempts in a
 * row that none of them finished a step. The first of these may have finished one before it died.
 */
export function wasGivenUp(events: readonly RunEvent[]): boolean {
  const end = events.at(-1);
  if (end?.type !== 'run.failed' || end.error.code !== 'attempts_exhausted') return false;
  const progress = events.findLastIndex((event) => event.type === 'node.finished');
  const vain = events.slice(progress + 1).filter((event) => event.type === 'attempt.started');
  return vain.length >= MAX_LOST - 1;
}
