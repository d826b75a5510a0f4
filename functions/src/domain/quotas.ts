import { LongrunError, type QuotaDetails, type TotalLimits, type UserLimits } from '@longrun/shared';

/** What is used of each quota just before a new run. */
export interface Use {
  /** Runs of the user that run or wait for a worker. */
  active: number;
  runsToday: number;
  usdToday: number;
  totalActive: number;
  totalUsdToday: number;
}

/** After so long some run may have ended. Seconds. */
const AT_ONCE_RETRY_S = 10;

/**
 * Throws `quota_exceeded` when one more run is too many. Of several reasons the one that lasts longest is named, so that nobody
 * waits for the wrong thing. Money is spent by runs that were let in, so its limit is reached, not kept to the cent.
 */
export function checkQuotas(user: UserLimits, total: TotalLimits, use: Use, now: number): void {
  const until = nextDay(now);
  if (use.totalUsdToday >= total.usd_per_day) {
    throw exceeded(
      { what: 'total_usd_per_day', limit: total.usd_per_day, used: use.totalUsdToday, until },
      `Models have cost this installation ${usd(use.totalUsdToday)} today, and ${usd(total.usd_per_day)} a day are allowed. ` +
        `New runs start from ${until}.`,
      now,
    );
  }
  if (use.usdToday >= user.usd_per_day) {
    throw exceeded(
      { what: 'usd_per_day', limit: user.usd_per_day, used: use.usdToday, until },
      `Models have cost ${usd(use.usdToday)} for your runs today, and ${usd(user.usd_per_day)} a day are allowed. ` +
        `You can start more from ${until}.`,
      now,
    );
  }
  if (use.runsToday >= user.runs_per_day) {
    throw exceeded(
      { what: 'runs_per_day', limit: user.runs_per_day, used: use.runsToday, until },
      `You started ${use.runsToday} runs today, and ${user.runs_per_day} a day are allowed. You can start more from ${until}.`,
      now,
    );
  }
  if (use.active >= user.runs_at_once) {
    throw exceeded(
      { what: 'runs_at_once', limit: user.runs_at_once, used: use.active, until: null },
      `${use.active} of your runs run or wait for a worker, and ${user.runs_at_once} at once are allowed. ` +
        'Wait until one has ended, or cancel one.',
      now,
    );
  }
  if (use.totalActive >= total.runs_at_once) {
    throw exceeded(
      { what: 'total_runs_at_once', limit: total.runs_at_once, used: use.totalActive, until: null },
      `All ${total.runs_at_once} places for runs of this installation are taken. Try again in a moment.`,
      now,
    );
  }
}

function exceeded(details: QuotaDetails, message: string, now: number): LongrunError {
  const retryAfterS =
    details.until === null
      ? AT_ONCE_RETRY_S
      : Math.max(1, Math.ceil((Date.parse(details.until) - now) / 1_000));
  return new LongrunError('quota_exceeded', message, { ...details }, { retryAfterS });
}

/** `2026-12-01`: the day of UTC. */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

function nextDay(now: number): string {
  const day = new Date(now);
  day.setUTCHours(24, 0, 0, 0);
  return day.toISOString();
}

/** Cents, and as many more digits as a small sum needs to be seen. */
function usd(amount: number): string {
  return `$${amount !== 0 && amount < 0.01 ? amount.toPrecision(2) : amount.toFixed(2)}`;
}
