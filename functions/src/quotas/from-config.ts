import type { Config } from '../config/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';
import { limitsFromConfig } from './limits.ts';
import { Quotas } from './quotas.ts';

export function quotasFromConfig(config: Config, documents: Documents, clock: Clock): Quotas {
  return new Quotas({
    documents,
    clock,
    limits: limitsFromConfig(config),
    caps: {
      recursionLimit: config.MAX_RECURSION_LIMIT,
      runTimeoutS: config.MAX_RUN_TIMEOUT_S,
      hardUsdPerDay: config.QUOTA_TOTAL_USD_PER_DAY_HARD ?? null,
    },
  });
}
