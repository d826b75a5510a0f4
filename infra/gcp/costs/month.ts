import { ASSUMED } from './assumptions.ts';
import { instanceSeconds } from './instance-seconds.ts';
import type { Measured, Operations } from './measured.ts';
import * as prices from './prices.ts';
import { costOf } from './prices.ts';

export type Edge = 'load-balancer' | 'firebase-hosting';

/** One line of a month's bill. */
export interface Item {
  name: string;
  usd: number;
}

const GIB = 2 ** 30;
const DAY_MINUTES = 1_440;
const HOURS = 730;
/** Daily backups are kept a week, weekly ones 12 weeks: see firestore/database.ts. */
const BACKUPS_KEPT = 7 + 12;
const SECRETS = 3;
const ALERTS = 5;
const SCHEDULER_JOBS = 1;
/** One deliver, one make; a tenth of the tasks is delivered again. */
const TASK_OPERATIONS = 2.1;

/** Firestore's billed operations of one day with so many users. */
export function operationsOfDay(measured: Measured, users: number): Operations {
  const runs = users * ASSUMED.runsPerUserDay;
  const { run, viewer, compaction, removal, page, sweep } = measured;
  const of = (kind: keyof Operations) =>
    runs * (run[kind] + viewer[kind] + compaction[kind] + removal[kind]) +
    users * ASSUMED.pageOpeningsPerUserDay * page[kind] +
    DAY_MINUTES * sweep[kind];
  return { reads: of('reads'), writes: of('writes'), deletes: of('deletes') };
}

/** A14: Firestore alone. */
export function firestoreMonth(measured: Measured, users: number): Item[] {
  const day = operationsOfDay(measured, users);
  const { days, keptDays, runsPerUserDay } = ASSUMED;
  const { bytes } = measured;
  const runs = users * runsPerUserDay;
  const storedGib = (runs * keptDays * bytes.stored * ASSUMED.indexFactor) / GIB;
  const { FIRESTORE } = prices;
  return [
    { name: 'Firestore: reads', usd: days * costOf(FIRESTORE.reads, day.reads) },
    { name: 'Firestore: writes', usd: days * costOf(FIRESTORE.writes, day.writes) },
    { name: 'Firestore: deletes', usd: days * costOf(FIRESTORE.deletes, day.deletes) },
    { name: 'Firestore: storage', usd: costOf(FIRESTORE.storedGib, storedGib) },
    { name: 'Firestore: point-in-time recovery', usd: costOf(FIRESTORE.recoveryGib, storedGib) },
    { name: 'Firestore: backups', usd: costOf(FIRESTORE.backupGib, storedGib * BACKUPS_KEPT) },
    {
      name: 'Firestore: sent to pages',
      usd: costOf(FIRESTORE.egressGib, (days * runs * bytes.listened) / GIB),
    },
  ];
}

/** Everything but the model, which is paid to whoever provides it. */
export function month(measured: Measured, users: number, edge: Edge): Item[] {
  return [
    ...firestoreMonth(measured, users),
    ...functionsMonth(measured, users),
    ...operationsMonth(measured, users),
    ...edgeMonth(measured, users, edge),
  ];
}

export function total(items: readonly Item[]): number {
  return items.reduce((sum, { usd }) => sum + usd, 0);
}

/** Runs and requests of a month. */
function amounts(measured: Measured, users: number) {
  const { days, runsPerUserDay, pageOpeningsPerUserDay, pageLoadsPerUserMonth } = ASSUMED;
  const runs = days * users * runsPerUserDay;
  return {
    runs,
    apiRequests: runs * measured.api_requests + days * users * pageOpeningsPerUserDay * 3,
    sweeps: days * DAY_MINUTES,
    loads: users * pageLoadsPerUserMonth,
  };
}

function functionsMonth(measured: Measured, users: number): Item[] {
  const { days, busyHours, runsPerUserDay, runsPerWorker, secondsPerApiRequest, secondsPerSweep } = ASSUMED;
  const { runs, apiRequests, sweeps } = amounts(measured, users);
  const worker =
    days *
    instanceSeconds({
      requests: users * runsPerUserDay,
      seconds: measured.worker_seconds,
      within: busyHours * 3_600,
      concurrency: runsPerWorker,
    });
  const api = apiRequests * secondsPerApiRequest;
  const maintenance = sweeps * secondsPerSweep;
  const { FUNCTIONS } = prices;
  return [
    { name: 'Functions: requests', usd: costOf(FUNCTIONS.requests, runs * 1.1 + apiRequests + sweeps) },
    { name: 'Functions: processor', usd: costOf(FUNCTIONS.vcpuSeconds, worker + api + maintenance) },
    // 1 GiB a worker, half of that the others.
    { name: 'Functions: memory', usd: costOf(FUNCTIONS.gibSeconds, worker + (api + maintenance) / 2) },
    { name: 'Cloud Tasks', usd: costOf(prices.TASKS, runs * TASK_OPERATIONS) },
    { name: 'Cloud Scheduler', usd: costOf(prices.SCHEDULER_JOBS, SCHEDULER_JOBS) },
  ];
}

function operationsMonth(measured: Measured, users: number): Item[] {
  const { runs, apiRequests, sweeps } = amounts(measured, users);
  const { bytesPerRequestLog, seriesPerRun, bytesPerPoint, spansPerRun, containerGib } = ASSUMED;
  const logged = runs * measured.bytes.logged + (runs + apiRequests + sweeps) * bytesPerRequestLog;
  // A metric has one point a minute at most.
  const points = Math.min(runs, 30 * DAY_MINUTES) * seriesPerRun;
  return [
    { name: 'Logs', usd: costOf(prices.LOG_GIB, logged / GIB) },
    { name: 'Metrics of logs', usd: costOf(prices.METRIC_MIB, (points * bytesPerPoint) / 2 ** 20) },
    { name: 'Alerts', usd: costOf(prices.ALERT_CONDITIONS, ALERTS) },
    { name: 'Traces', usd: costOf(prices.TRACE_SPANS, runs * spansPerRun) },
    { name: 'Secrets', usd: costOf(prices.SECRET_VERSIONS, SECRETS) },
    { name: 'Containers', usd: costOf(prices.CONTAINER_GIB, containerGib) },
  ];
}

function edgeMonth(measured: Measured, users: number, edge: Edge): Item[] {
  const { runs, apiRequests, loads } = amounts(measured, users);
  const { BALANCER, HOSTING } = prices;
  const pageGib = (loads * measured.bytes.page) / GIB;
  const apiGib = (runs * measured.bytes.api) / GIB;
  const apiEgress = { name: 'Edge: answers of the API', usd: costOf(prices.FUNCTIONS.egressGib, apiGib) };
  if (edge === 'firebase-hosting') {
    const servedGb = ((pageGib + apiGib) * GIB) / 1e9;
    return [
      { name: 'Edge: Hosting, storage', usd: costOf(HOSTING.storedGb, ASSUMED.siteGib) },
      { name: 'Edge: Hosting, transfer', usd: costOf(HOSTING.servedGb, servedGb) },
    ];
  }
  return [
    apiEgress,
    { name: 'Edge: load balancer', usd: costOf(BALANCER.ruleHours, HOURS) },
    { name: 'Edge: load balancer, data', usd: costOf(BALANCER.processedGib, pageGib + apiGib) },
    {
      name: 'Edge: Cloud Armor',
      usd:
        costOf(BALANCER.armorPolicies, 1) +
        costOf(BALANCER.armorRules, 2) +
        costOf(BALANCER.armorRequests, apiRequests),
    },
    {
      name: 'Edge: CDN',
      usd: costOf(BALANCER.cdnGib, pageGib) + costOf(BALANCER.cdnLookups, loads * ASSUMED.filesPerLoad),
    },
    { name: 'Edge: bucket', usd: costOf(BALANCER.bucketGib, ASSUMED.siteGib) },
  ];
}
