import {
  totalLimitsSchema,
  userLimitsSchema,
  type InstallationLimits,
  type TotalLimits,
  type UserLimits,
} from '@longrun/shared';
import * as z from 'zod/mini';
import type { Config } from '../config/config.ts';
import type { Fields } from '../ports/documents.ts';

/** What administrators changed; whatever is not named is as the environment says. */
const changesSchema = z.object({
  user: z.optional(z.partial(userLimitsSchema)),
  anonymous: z.optional(z.partial(userLimitsSchema)),
  total: z.optional(z.partial(totalLimitsSchema)),
});
export type LimitChanges = z.infer<typeof changesSchema>;
const userChangesSchema = z.partial(userLimitsSchema);
export type UserLimitChanges = z.infer<typeof userChangesSchema>;

export function limitsFromConfig(config: Config): InstallationLimits {
  return {
    user: {
      runs_at_once: config.QUOTA_RUNS_AT_ONCE,
      running_at_once: config.QUOTA_RUNNING_AT_ONCE,
      runs_per_day: config.QUOTA_RUNS_PER_DAY,
      usd_per_day: config.QUOTA_USD_PER_DAY,
    },
    anonymous: {
      runs_at_once: config.QUOTA_ANONYMOUS_RUNS_AT_ONCE,
      running_at_once: config.QUOTA_ANONYMOUS_RUNNING_AT_ONCE,
      runs_per_day: config.QUOTA_ANONYMOUS_RUNS_PER_DAY,
      usd_per_day: config.QUOTA_ANONYMOUS_USD_PER_DAY,
    },
    total: { runs_at_once: config.QUOTA_TOTAL_RUNS_AT_ONCE, usd_per_day: config.QUOTA_TOTAL_USD_PER_DAY },
  };
}

/** Of the document's fields, if there is one. */
export function changesOf(fields: Fields | undefined): LimitChanges {
  return z.parse(changesSchema, fields?.['limits'] ?? {});
}

export function userChangesOf(fields: Fields | undefined): UserLimitChanges {
  return z.parse(userChangesSchema, fields?.['limits'] ?? {});
}

/** In force for everyone who has no limits of their own. */
export function inForce(defaults: InstallationLimits, changes: LimitChanges): InstallationLimits {
  return {
    user: changed<UserLimits>(defaults.user, changes.user),
    anonymous: changed<UserLimits>(defaults.anonymous, changes.anonymous),
    total: changed<TotalLimits>(defaults.total, changes.total),
  };
}

/** `own`: what an administrator gave to this user alone. */
export function limitsOfUser(
  installation: InstallationLimits,
  own: UserLimitChanges,
  anonymous: boolean,
): UserLimits {
  return changed<UserLimits>(anonymous ? installation.anonymous : installation.user, own);
}

/** Only what is named replaces; a field that is present as undefined names nothing. */
function changed<T extends UserLimits | TotalLimits>(
  limits: T,
  changes: { [name in keyof T]?: number | undefined } | undefined,
): T {
  const named = Object.entries(changes ?? {}).filter(([, value]) => value !== undefined);
  return { ...limits, ...Object.fromEntries(named) };
}
