import { quantile } from '../support/statistics.ts';
import type { PatientClient } from './client.ts';
import { FAULTS, keysIn, type Fault, type Finding } from './findings.ts';
import { wasGivenUp } from './given-up.ts';
import type { Kill } from './kills.ts';
import { killsOf, countBy, type Report } from './report.ts';
import { resumeTimes } from './resume-times.ts';
import type { StoredRun } from './stored.ts';
import type { Trial } from './trial.ts';

/** The figures of a campaign. */
export function summary(outcome: {
  seed: number;
  seconds: number;
  trials: readonly Trial[];
  stored: readonly StoredRun[];
  findings: Finding[];
  kills: ReadonlyMap<string, Kill>;
  clients: readonly PatientClient[];
  crashes: string[];
  callsOf: (key: string) => readonly unknown[];
}): Report {
  const { seed, seconds, trials, stored, findings, kills, clients, crashes, callsOf } = outcome;
  const logs = stored.map(({ log }) => log.flatMap(({ entry }) => entry.events));
  const events = logs.flat();
  const keys = events.flatMap((event) => (event.type === 'node.finished' ? keysIn(event) : []));
  const calls = keys.map((key) => callsOf(key).length);
  return {
    seed,
    seconds,
    runs: {
      created: trials.length,
      by_kind: countBy(trials.map((trial) => trial.kind)),
      by_status: countBy(stored.map(({ document }) => document.status)),
    },
    kills: killsOf(kills.values()),
    timeline: [...kills.values()],
    given_up: logs.filter(wasGivenUp).length,
    attempts: events.filter((event) => event.type === 'attempt.started').length,
    events: events.length,
    faults: faultsOf(findings),
    absorbed_repeats: sum(calls.map((count) => Math.max(0, count - 1))),
    tool_calls: sum(calls),
    resume_ms: resumeOf(stored.flatMap((run) => resumeTimes(run, kills))),
    client: {
      repeated_requests: sum(clients.map((client) => client.repeats)),
      reopened_streams: sum(clients.map((client) => client.reconnects)),
    },
    crashes,
    findings,
  };
}

function faultsOf(findings: readonly Finding[]): Record<Fault, number> {
  const count = (fault: Fault) => findings.filter((finding) => finding.fault === fault).length;
  return Object.fromEntries(FAULTS.map((fault) => [fault, count(fault)])) as Record<Fault, number>;
}

function resumeOf(times: readonly number[]): Report['resume_ms'] {
  const at = (q: number) => (times.length === 0 ? null : quantile(times, q));
  return { count: times.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
