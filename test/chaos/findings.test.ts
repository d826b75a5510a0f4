import { foldLog, type LogEntry, type RunEvent } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { examine } from './findings.ts';
import { MAX_LOST } from '../../functions/src/domain/limits.ts';
import { wasGivenUp } from './given-up.ts';
import { resumeTimes } from './resume-times.ts';
import type { StoredRun } from './stored.ts';
import type { Trial } from './trial.ts';

const RUN = 'run-1';
const KEYS = ['plan', 'left', 'right', 'join'].map((node) => `${RUN}/1/${node}`);
const WORKER = 'worker0.0-abc';

/** One round of the tool graph, an entry for each step. Entry n is committed at 1,000 n + 500. */
function log(): LogEntry[] {
  let seq = 0;
  const entry = (n: number, writer: string, ...events: object[]): LogEntry => ({
    n,
    writer,
    nonce: `nonce-${n}`,
    events: events.map((event) => ({ ...event, seq: (seq += 1), at: 1_000 * n })) as RunEvent[],
  });
  const created = {
    type: 'run.created',
    run_id: RUN,
    thread_id: 'thread-1',
    owner: 'somebody',
    assistant_id: 'tool',
    title: 'chaos',
    input: {},
    config: {},
    metadata: {},
  };
  const begun = [
    entry(0, 'api', created),
    entry(1, WORKER, { type: 'attempt.started', attempt: 1, worker: WORKER }),
  ];
  const steps = KEYS.map((key, i) => {
    const task = { task: `task-${i}`, node: key.slice(key.lastIndexOf('/') + 1), ns: [] };
    const finished = { type: 'node.finished', ...task, result: { done: [key] } };
    return entry(i + 2, `${WORKER}:1`, { type: 'node.started', ...task }, finished);
  });
  return [...begun, ...steps, entry(6, `${WORKER}:1`, { type: 'run.completed', output: { done: KEYS } })];
}

function stored(entries: LogEntry[]): StoredRun {
  const document = foldLog(log());
  const numbered = entries.map((entry) => ({
    ...entry,
    first: entry.events[0]?.seq ?? 0,
    last: entry.events.at(-1)?.seq ?? 0,
  }));
  return {
    document,
    log: numbered.map((entry) => ({ entry, committedAt: 1_000 * entry.n + 500 })),
    evidence: { entries: numbered, document: { run: document, wakeAt: null } },
  };
}

function trial(seen: RunEvent[]): Trial {
  return {
    kind: 'plain',
    uid: 'somebody',
    key: 'key',
    rounds: 1,
    runId: RUN,
    seen,
    answered: [],
    before: null,
    retryOf: null,
    failure: null,
  };
}

const all = log().flatMap(({ events }) => events);
const once = () => [{ startedAt: 0, at: 1 }];
const faults = (findings: { fault: string }[]) => [...new Set(findings.map(({ fault }) => fault))];

describe('what chaos calls a fault', () => {
  it('a run that went well has none', () => {
    expect(examine(trial(all), stored(log()), once)).toEqual([]);
  });

  it('an acknowledged run that is not stored is lost', () => {
    expect(faults(examine(trial(all), null, once))).toEqual(['lost']);
  });

  it('a live reader that missed an event: lost; saw one twice: duplicated', () => {
    expect(faults(examine(trial(all.slice(1)), stored(log()), once))).toEqual(['lost']);
    const twice = all.flatMap((event) => (event.seq === 3 ? [event, event] : [event]));
    expect(faults(examine(trial(twice), stored(log()), once))).toEqual(['duplicated']);
  });

  it('a missing log entry is out of order', () => {
    const gap = log().filter(({ n }) => n !== 3);
    expect(faults(examine(trial(all), stored(gap), once))).toContain('out_of_order');
  });

  it('a step that begins again before its result was committed is absorbed; after that it is a repeated effect', () => {
    const at = (startedAt: number) => (key: string) =>
      key === KEYS[0] ? [...once(), { startedAt, at: startedAt + 1 }] : once();
    expect(examine(trial(all), stored(log()), at(2_499))).toEqual([]);
    expect(faults(examine(trial(all), stored(log()), at(2_501)))).toEqual(['repeated_effect']);
  });

  it('a run whose reader never saw the end is stuck', () => {
    const waiting = { ...trial(all.slice(0, 2)), failure: 'waited in vain for its end' };
    expect(faults(examine(waiting, stored(log()), once))).toEqual(['stuck']);
  });
});

describe('a run that was given up', () => {
  const started = (attempt: number): RunEvent => ({
    type: 'attempt.started',
    attempt,
    worker: WORKER,
    seq: attempt + 1,
    at: 0,
  });
  const attempts = (count: number) => Array.from({ length: count }, (_, i) => started(i + 1));
  const end: RunEvent = {
    type: 'run.failed',
    seq: 9,
    at: 0,
    error: { code: 'attempts_exhausted', message: 'too many' },
  };

  it('as many attempts in vain as are allowed: as promised; fewer: a fault', () => {
    expect(wasGivenUp([...attempts(MAX_LOST), end])).toBe(true);
    expect(wasGivenUp([...attempts(MAX_LOST - 2), end])).toBe(false);
    expect(wasGivenUp([...attempts(MAX_LOST), { ...end, error: { code: 'graph_error', message: '' } }])).toBe(
      false,
    );
  });
});

describe('time to resume', () => {
  it('counts from the kill of the life that held the run to the next attempt', () => {
    const next: RunEvent = {
      type: 'attempt.started',
      attempt: 2,
      worker: 'worker1.0-def',
      seq: 5,
      at: 3_000,
    };
    const taken = stored(log().map((entry) => (entry.n === 3 ? { ...entry, events: [next] } : entry)));
    const kill = { process: 'worker0', life: 'worker0.0', at: 2_600 };
    expect(resumeTimes(taken, new Map([['worker0.0', kill]]))).toEqual([900]);
    expect(resumeTimes(taken, new Map())).toEqual([]);
  });
});
