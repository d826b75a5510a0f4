import { LongrunError, type CreateRun } from '@longrun/shared';

/** How much one run may ask for, and when all of them stop. */
export interface Caps {
  /** Super-steps. */
  recursionLimit: number;
  /** Seconds without waiting for a person; also the default. */
  runTimeoutS: number;
  /** US dollars of all users in a day, after which no attempt begins; null: those that were let in go on. */
  hardUsdPerDay: number | null;
}

/** The request with the time that its run may take. Throws `limit_exceeded`, with the name of the cap. */
export function withinCaps(
  body: CreateRun,
  { recursionLimit, runTimeoutS }: Pick<Caps, 'recursionLimit' | 'runTimeoutS'>,
): CreateRun {
  check('config.recursion_limit', body.config?.recursion_limit, recursionLimit, 'MAX_RECURSION_LIMIT');
  check('run_timeout_s', body.run_timeout_s, runTimeoutS, 'MAX_RUN_TIMEOUT_S');
  return { ...body, run_timeout_s: body.run_timeout_s ?? runTimeoutS };
}

function check(field: string, asked: number | null | undefined, limit: number, setting: string): void {
  if (asked === null || asked === undefined || asked <= limit) return;
  throw new LongrunError(
    'limit_exceeded',
    `body.${field}: may be ${limit} at most in this installation (${setting}); ask for less, or leave it out.`,
    { field, limit, asked, setting },
  );
}
