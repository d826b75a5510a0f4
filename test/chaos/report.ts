import { FAULTS, type Fault, type Finding } from './findings.ts';
import { kindOf, type Kill } from './kills.ts';

export interface Report {
  seed: number;
  seconds: number;
  runs: { created: number; by_status: Record<string, number>; by_kind: Record<string, number> };
  kills: { total: number; by_process: Record<string, number> };
  /** Every kill, so that what happened to a run can be found in the logs. */
  timeline: Kill[];
  /** Runs under which too many workers in a row died without a finished step; each was tried again. */
  given_up: number;
  attempts: number;
  events: number;
  faults: Record<Fault, number>;
  /** Calls that the tool recognised by their key and did not carry out again, as at-least-once promises. */
  absorbed_repeats: number;
  tool_calls: number;
  resume_ms: { count: number; p50: number | null; p95: number | null; max: number | null };
  client: { repeated_requests: number; reopened_streams: number };
  crashes: string[];
  findings: Finding[];
}

export function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

export function killsOf(kills: Iterable<Kill>): Report['kills'] {
  const names = [...kills].map((kill) => kindOf(kill.process));
  return { total: names.length, by_process: countBy(names) };
}

export function isClean(report: Report): boolean {
  return report.findings.length === 0 && report.crashes.length === 0;
}

export function print(report: Report): string {
  const line = (what: string, value: unknown) =>
    `${what.padEnd(26)} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`;
  const { runs, kills, resume_ms } = report;
  return [
    line('seed', report.seed),
    line('time', `${report.seconds} s`),
    line('runs', `${runs.created} ${JSON.stringify(runs.by_kind)} ${JSON.stringify(runs.by_status)}`),
    line('kills', `${kills.total} ${JSON.stringify(kills.by_process)}`),
    line('attempts', report.attempts),
    line('events', report.events),
    ...FAULTS.map((fault) => line(fault.replaceAll('_', ' '), report.faults[fault])),
    line('given up, tried again', report.given_up),
    line('crashes', report.crashes.length),
    line(
      'tool calls',
      `${report.tool_calls}, of which ${report.absorbed_repeats} repeats absorbed by their key`,
    ),
    line(
      'time to resume',
      `p50 ${resume_ms.p50} ms, p95 ${resume_ms.p95} ms, max ${resume_ms.max} ms (${resume_ms.count})`,
    ),
    line('clients', report.client),
    ...report.crashes,
    ...report.findings.slice(0, 100).map(({ fault, run_id, detail }) => `${fault}: run ${run_id}: ${detail}`),
    '',
  ].join('\n');
}
