import type { InstallationLimits } from '@longrun/shared';
import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';
import type { Caps } from './caps.ts';
import { Quotas } from './quotas.ts';

const PLENTY = { runs_at_once: 1_000, running_at_once: 1_000, runs_per_day: 1_000, usd_per_day: 1_000 };

/** Limits that no test reaches, but for those that are named. */
export function testQuotas(
  documents: Documents,
  limits: { [of in keyof InstallationLimits]?: Partial<InstallationLimits[of]> } = {},
  options: { clock?: Clock; caps?: Partial<Caps> } = {},
): Quotas {
  return new Quotas({
    documents,
    clock: options.clock ?? systemClock,
    limits: {
      user: { ...PLENTY, ...limits.user },
      anonymous: { ...PLENTY, ...limits.anonymous },
      total: { runs_at_once: 1_000, usd_per_day: 1_000, ...limits.total },
    },
    caps: { recursionLimit: 1_000, runTimeoutS: 3_600, hardUsdPerDay: null, ...options.caps },
  });
}
