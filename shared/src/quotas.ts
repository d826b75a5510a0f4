import * as z from 'zod/mini';
import { strict } from './strict.ts';

const amount = z.number().check(z.gte(0), z.lte(1e9));
const count = amount.check(z.int());

/** What one user may have. Days are those of UTC; 0 is none at all. */
const userLimits = {
  /** Runs that run, or wait for a worker. One that waits for a person costs nothing, and does not count. */
  runs_at_once: count,
  /** Of those, how many run at the same time; the others wait, so that other users' runs find a free worker. */
  running_at_once: count.check(z.gte(1)),
  runs_per_day: count,
  /** What models may cost, in US dollars. */
  usd_per_day: amount,
};
const totalLimits = { runs_at_once: count, usd_per_day: amount };

export const userLimitsSchema = z.object(userLimits);
export type UserLimits = z.infer<typeof userLimitsSchema>;
export const totalLimitsSchema = z.object(totalLimits);
/** What all users may have together. */
export type TotalLimits = z.infer<typeof totalLimitsSchema>;

export interface InstallationLimits {
  user: UserLimits;
  /** Of someone who signed in without a name. */
  anonymous: UserLimits;
  total: TotalLimits;
}

/** A number replaces the default, null gives it back, and what is left out stays as it is. */
const changed = <T extends z.ZodMiniType>(schema: T) => z.optional(z.nullable(schema));
const changedUser = {
  runs_at_once: changed(userLimits.runs_at_once),
  running_at_once: changed(userLimits.running_at_once),
  runs_per_day: changed(userLimits.runs_per_day),
  usd_per_day: changed(userLimits.usd_per_day),
};

/** POST /api/admin/limits */
export const changeLimitsSchema = strict({
  user: z.optional(strict(changedUser)),
  anonymous: z.optional(strict(changedUser)),
  total: z.optional(
    strict({
      runs_at_once: changed(totalLimits.runs_at_once),
      usd_per_day: changed(totalLimits.usd_per_day),
    }),
  ),
});
export type ChangeLimits = z.infer<typeof changeLimitsSchema>;

/** POST /api/admin/limits/:owner */
export const changeUserLimitsSchema = strict(changedUser);
export type ChangeUserLimits = z.infer<typeof changeUserLimitsSchema>;

export const QUOTAS = [
  'runs_at_once',
  'runs_per_day',
  'usd_per_day',
  'total_runs_at_once',
  'total_usd_per_day',
] as const;

/** `details` of the error `quota_exceeded`. */
export const quotaDetailsSchema = z.object({
  what: z.enum(QUOTAS),
  limit: z.number(),
  used: z.number(),
  /** ISO 8601: when it begins anew. Null: as soon as one of the runs has ended. */
  until: z.nullable(z.string()),
});
export type QuotaDetails = z.infer<typeof quotaDetailsSchema>;

/** What one user used today, and what an administrator gave to them alone. */
export interface UserUse {
  owner: string;
  runs_today: number;
  usd_today: number;
  /** Null: those of everyone. What is not named is that of everyone. */
  limits: { [name in keyof UserLimits]?: number | undefined } | null;
}

/** GET /api/admin/limits */
export interface AdminLimits {
  /** Of UTC. */
  day: string;
  /** As the environment says. */
  defaults: InstallationLimits;
  /** In force, with what administrators changed. */
  limits: InstallationLimits;
  used: { runs_at_once: number; usd_today: number };
  /** Those who spent most today, and everyone with limits of their own; at most MAX_PAGE of each. */
  users: UserUse[];
}
