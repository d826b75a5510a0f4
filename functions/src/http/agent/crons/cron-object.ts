import type { JsonObject } from '@longrun/shared';
import type { Cron, CronFailure } from '../../../runtime/crons/cron.ts';

/** A cron as LangGraph's clients see it. */
export interface CronObject {
  cron_id: string;
  assistant_id: string;
  thread_id: string | null;
  schedule: string;
  timezone: string | null;
  enabled: boolean;
  end_time: string | null;
  next_run_date: string | null;
  on_run_completed?: 'delete' | 'keep';
  payload: JsonObject;
  metadata: JsonObject;
  user_id: string;
  created_at: string;
  updated_at: string;
  /** The last run that it started; why the last time it could not, if it could not. */
  longrun: { last_run_id: string | null; last_run_at: string | null; last_error: CronFailure | null };
}

export function cronObject(cron: Cron): CronObject {
  const { cron_id, assistant_id, thread_id, schedule, timezone, enabled, end_time } = cron;
  const { last_run_id, last_run_at, last_error } = cron;
  return {
    cron_id,
    assistant_id,
    thread_id,
    schedule,
    timezone,
    enabled,
    end_time,
    next_run_date: cron.next_run_at,
    ...(thread_id === null ? { on_run_completed: cron.on_run_completed } : {}),
    payload: { assistant_id, ...cron.payload },
    metadata: cron.metadata,
    user_id: cron.owner,
    created_at: cron.created_at,
    updated_at: cron.updated_at,
    longrun: { last_run_id, last_run_at, last_error },
  };
}
