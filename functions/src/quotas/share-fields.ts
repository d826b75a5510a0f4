import type { Run } from '@longrun/shared';
import type { Fields } from '../ports/documents.ts';

/** Beside the fold of a run, in its document. */
export interface Share {
  /** How many runs of its user may run at the same time; null: as many as there are workers. */
  limit: number | null;
  /** Null: it does not wait for its share. Else how many tasks came in vain: the name of the next one must be new. */
  waits: number | null;
}

/** Of a run that nobody set a limit for. */
export const NO_SHARE: Share = { limit: null, waits: null };

export function shareOf(fields: Fields): Share {
  const { share, waits_since, waits } = fields;
  return {
    limit: typeof share === 'number' ? share : null,
    waits: typeof waits_since === 'string' ? (typeof waits === 'number' ? waits : 0) : null,
  };
}

/** Fields of a run's document: those that wait are found by `waits_since`, the oldest run first. */
export function shareFields({ created_at }: Pick<Run, 'created_at'>, { limit, waits }: Share): Fields {
  return { share: limit, waits, waits_since: waits === null ? null : created_at };
}

/** Fields of every later write: whatever happens to a run ends its waiting. */
export const NOT_WAITING: Fields = { waits_since: null };
