import type { Run } from '@longrun/shared';

/** Fields of a run or a thread that is gone for readers, and that housekeeping removes should nobody else. */
export const REMOVING = { removing: true, tidy_at: new Date(0).toISOString() };

/** Whether it was cancelled by somebody who wanted it undone: it holds its thread until that is done. */
export const isUndone = (run: Run): boolean => run.status === 'cancelled' && run.rollback_requested;
