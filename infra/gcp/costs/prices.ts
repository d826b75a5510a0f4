/**
 * Prices in US dollars for us-central1 as they were known in November 2026. The pages named here have the ones that count. Free
 * amounts are a billing account's, or a project's; here they are all this installation's.
 */
export const PRICES_AT = 'November 2026';

export const SOURCES: readonly string[] = [
  'https://cloud.google.com/firestore/pricing',
  'https://cloud.google.com/run/pricing',
  'https://cloud.google.com/tasks/pricing',
  'https://cloud.google.com/scheduler/pricing',
  'https://cloud.google.com/load-balancing/pricing',
  'https://cloud.google.com/cdn/pricing',
  'https://cloud.google.com/armor/pricing',
  'https://cloud.google.com/storage/pricing',
  'https://firebase.google.com/pricing',
  'https://cloud.google.com/stackdriver/pricing',
  'https://cloud.google.com/secret-manager/pricing',
  'https://cloud.google.com/artifact-registry/pricing',
];

/** A price for each unit beyond the free ones. */
export interface Price {
  usd: number;
  /** Units for which `usd` is asked. */
  per: number;
  /** Units that cost nothing, in the time that is billed (a day for Firestore's operations, else a month). */
  free: number;
}

const MILLION = 1_000_000;

export const FIRESTORE = {
  reads: { usd: 0.03, per: 100_000, free: 50_000 },
  writes: { usd: 0.09, per: 100_000, free: 20_000 },
  deletes: { usd: 0.01, per: 100_000, free: 20_000 },
  storedGib: { usd: 0.15, per: 1, free: 1 },
  /** Point-in-time recovery keeps a week of changes; billed as the size of the database, with nothing free. */
  recoveryGib: { usd: 0.15, per: 1, free: 0 },
  backupGib: { usd: 0.03, per: 1, free: 0 },
  egressGib: { usd: 0.12, per: 1, free: 10 },
} satisfies Record<string, Price>;

/** Cloud Run functions, billed while a request is at work. */
export const FUNCTIONS = {
  requests: { usd: 0.4, per: MILLION, free: 2 * MILLION },
  vcpuSeconds: { usd: 0.000024, per: 1, free: 180_000 },
  gibSeconds: { usd: 0.0000025, per: 1, free: 360_000 },
  egressGib: { usd: 0.12, per: 1, free: 1 },
} satisfies Record<string, Price>;

/** Making a task and each delivery of it are one operation each. */
export const TASKS: Price = { usd: 0.4, per: MILLION, free: MILLION };
export const SCHEDULER_JOBS: Price = { usd: 0.1, per: 1, free: 3 };
export const LOG_GIB: Price = { usd: 0.5, per: 1, free: 50 };
/** Metrics that are taken from logs. */
export const METRIC_MIB: Price = { usd: 0.258, per: 1, free: 150 };
export const ALERT_CONDITIONS: Price = { usd: 0.1, per: 1, free: 0 };
export const TRACE_SPANS: Price = { usd: 0.2, per: MILLION, free: 2.5 * MILLION };
export const SECRET_VERSIONS: Price = { usd: 0.06, per: 1, free: 6 };
export const CONTAINER_GIB: Price = { usd: 0.1, per: 1, free: 0.5 };

export const BALANCER = {
  /** Up to five forwarding rules, an hour. */
  ruleHours: { usd: 0.025, per: 1, free: 0 },
  processedGib: { usd: 0.008, per: 1, free: 0 },
  armorPolicies: { usd: 5, per: 1, free: 0 },
  armorRules: { usd: 1, per: 1, free: 0 },
  armorRequests: { usd: 0.75, per: MILLION, free: 0 },
  cdnGib: { usd: 0.08, per: 1, free: 0 },
  cdnLookups: { usd: 0.0075, per: 10_000, free: 0 },
  bucketGib: { usd: 0.02, per: 1, free: 5 },
} satisfies Record<string, Price>;

export const HOSTING = {
  storedGb: { usd: 0.026, per: 1, free: 10 },
  /** 360 MB a day are free. */
  servedGb: { usd: 0.15, per: 1, free: 0.36 * 30 },
} satisfies Record<string, Price>;

/** What `units` cost, beyond the free ones. */
export function costOf({ usd, per, free }: Price, units: number): number {
  return (Math.max(0, units - free) / per) * usd;
}
