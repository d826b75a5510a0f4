import { Cron as Expression } from 'croner';
import { errorMessage, LongrunError } from '@longrun/shared';
import type { Cron } from './cron.ts';

export type Timing = Pick<Cron, 'schedule' | 'timezone' | 'enabled' | 'end_time'>;

/** Names of the database of time zones begin with a letter; an offset is none. */
const ZONE = /^[A-Za-z]/;

/**
 * The first time after `after` (milliseconds since 1970), by the clocks of the cron's zone; null when there is none, or none
 * any more. When clocks are put forward, a time of day that is left out comes as much later; when they are put back, one that
 * comes twice counts once. What comes at intervals goes on at intervals. Throws `invalid_schedule`.
 */
export function nextTime(timing: Timing, after: number): string | null {
  const next = timing.enabled ? expression(timing).nextRun(new Date(after)) : null;
  if (next === null) return null;
  const isOver = timing.end_time !== null && next.getTime() > Date.parse(timing.end_time);
  return isOver ? null : next.toISOString();
}

/** Throws `invalid_schedule` for what is no schedule, or one whose time never comes. */
export function checkTiming(timing: Timing, now: number): void {
  if (nextTime({ ...timing, enabled: true, end_time: null }, now) !== null) return;
  throw invalid(`body.schedule: the time of "${timing.schedule}" never comes.`);
}

function expression({ schedule, timezone }: Timing): Expression {
  if (timezone !== null) checkZone(timezone);
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== 5) {
    throw invalid(
      `body.schedule: must have five fields, "minute hour day month weekday"; "${schedule}" has ${fields.length}.`,
    );
  }
  try {
    return new Expression(fields.join(' '), {
      mode: '5-part',
      timezone: timezone ?? 'UTC',
      fixedTimeRule: 'no-wildcard',
    });
  } catch (error) {
    const reason = errorMessage(error).replace(/^\w+: /, '');
    throw invalid(`body.schedule: "${schedule}" is no cron expression of five fields: ${reason}`);
  }
}

function checkZone(timezone: string): void {
  try {
    if (ZONE.test(timezone) && new Intl.DateTimeFormat('en', { timeZone: timezone })) return;
  } catch {
    // Said below.
  }
  throw invalid(
    `body.timezone: "${timezone}" is no time zone. Name one as "Europe/Berlin", or leave it out for UTC.`,
  );
}

const invalid = (message: string) => new LongrunError('invalid_schedule', message);
