import { foldLog, type LogEntry, type NewEvent, type RunEvent } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { checkRun, INVARIANTS, type Evidence } from './invariants.ts';
import { AT as at, CREATED as created } from './testing.ts';

type Entry = Evidence['entries'][number];
type Written = [writer: string, ...events: NewEvent[]];

const attempt = (n: number, worker: string): NewEvent => ({
  type: 'attempt.started',
  at,
  attempt: n,
  worker,
});
const started = (task: string): NewEvent => ({ type: 'node.started', at, task, node: task, ns: [] });
const finished = (task: string): NewEvent => ({ type: 'node.finished', at, task, node: task, ns: [] });
const checkpoint = (id: string, parent_id?: string): NewEvent => ({
  type: 'checkpoint',
  at,
  checkpoint_id: id,
  checkpoint_ns: '',
  step: 1,
  ...(parent_id === undefined ? {} : { parent_id }),
});
const asked = (...ids: string[]): NewEvent => ({
  type: 'interrupt.opened',
  at,
  interrupts: ids.map((id) => ({ id, value: null })),
});
const answered = (id: string): NewEvent => ({
  type: 'interrupt.answered',
  at,
  answers: { [id]: 'yes' },
  by: 'ada',
});
const cancel: NewEvent = { type: 'cancel.requested', at, by: 'ada' };
const completed: NewEvent = { type: 'run.completed', at, output: null };

function log(...written: Written[]): Entry[] {
  let seq = 0;
  return written.map(([writer, ...news], n) => {
    const events = news.map((event): RunEvent => ({ ...event, seq: (seq += 1) }));
    return { n, writer, nonce: `nonce ${n}`, events, first: events[0]?.seq ?? 0, last: seq };
  });
}

/** Ids of what is violated by a log, with the document and the thread that belong to it. */
function violated(entries: Entry[], other: Partial<Evidence> = {}): string[] {
  return checkRun({ entries, document: documentOf(entries), ...other })
    .filter(({ violations }) => violations !== null && violations.length > 0)
    .map(({ id }) => id);
}

function documentOf(entries: LogEntry[]): Evidence['document'] {
  try {
    const run = foldLog(entries);
    return { run, wakeAt: ['pending', 'running'].includes(run.status) ? new Date(at).toISOString() : null };
  } catch {
    return null;
  }
}

const LIFE: Written[] = [
  ['api', created],
  ['w', attempt(1, 'w')],
  ['w:1', checkpoint('c1'), started('a')],
  ['w:1', finished('a'), checkpoint('c2', 'c1'), started('b')],
  ['w:1', asked('q')],
  ['api', answered('q')],
  ['v', attempt(2, 'v')],
  ['v:2', started('b')],
  ['v:2', finished('b'), checkpoint('c3', 'c2')],
  ['v:2', completed],
];

describe('the invariants of a run', () => {
  it('a life with a question, a resume and an end: all hold', () => {
    const stored = ['c1', 'c2', 'c3'].map((id) => ({ id, ns: '', runId: 'r' }));
    const entries = log(...LIFE);
    for (let n = 1; n <= entries.length; n += 1) expect(violated(entries.slice(0, n))).toEqual([]);
    expect(violated(entries, { checkpoints: stored, thread: { activeRunId: null } })).toEqual([]);
  });

  it('each has an id of its own and a sentence', () => {
    expect(new Set(INVARIANTS.map(({ id }) => id)).size).toBe(INVARIANTS.length);
    expect(INVARIANTS.every(({ sentence }) => sentence.endsWith('.'))).toBe(true);
  });

  it('what the evidence does not tell is neither right nor wrong', () => {
    const entries = log(...LIFE);
    const unknown = checkRun({ entries, document: documentOf(entries) }).filter(
      ({ violations }) => violations === null,
    );
    expect(unknown.map(({ id }) => id)).toEqual(['checkpoint-exists', 'checkpoint-reported', 'thread-held']);
  });

  it('a compacted log is as good as the one that it stands for', () => {
    const entries = log(...LIFE);
    const last = entries.at(-1);
    if (last === undefined) throw new Error('no entries');
    const merged: Entry = { ...last, from: 0, first: 1, events: entries.flatMap(({ events }) => events) };
    expect(violated([merged])).toEqual([]);
  });

  it('a gap in the entries, a number twice, an entry that misnames its events', () => {
    expect(violated(log(...LIFE).toSpliced(3, 1))).toContain('entries-dense');
    const twice = log(['api', created], ['w', attempt(1, 'w')]);
    expect(violated([...twice, ...twice.slice(1)])).toEqual(
      expect.arrayContaining(['entries-dense', 'seq-dense', 'written-once']),
    );
    expect(violated(log(...LIFE).map((entry) => ({ ...entry, last: entry.last + 1 })))).toEqual([
      'entries-dense',
    ]);
  });

  it('an empty log, and an event that may not follow', () => {
    expect(violated([], { document: null })).toEqual(['legal-life']);
    expect(violated(log(['api', created], ['w:1', completed]))).toContain('legal-life');
  });

  it('something after the end', () => {
    expect(violated(log(...LIFE, ['v:2', checkpoint('c4', 'c3')]))).toEqual(['terminal-last']);
  });

  it('an old worker writes although a newer attempt has started', () => {
    const begun: Written[] = [
      ['api', created],
      ['w', attempt(1, 'w')],
      ['v', attempt(2, 'v')],
    ];
    expect(violated(log(...begun, ['v:2', started('a')]))).toEqual([]);
    expect(violated(log(...begun, ['w:1', started('a')]))).toEqual(['attempts-fenced']);
    expect(violated(log(...begun, ['api', cancel], ['api', { type: 'run.cancelled', at }]))).toEqual([]);
    expect(violated(log(['api', created], ['v', attempt(2, 'v')]))).toEqual(['attempts-fenced']);
  });

  it('a step ends that did not start in this attempt, or is open when the run has completed', () => {
    const begun: Written[] = [
      ['api', created],
      ['w', attempt(1, 'w')],
      ['w:1', started('a')],
    ];
    expect(violated(log(...begun, ['v', attempt(2, 'v')], ['v:2', finished('a')]))).toEqual(['steps-closed']);
    expect(violated(log(...begun, ['w:1', completed]))).toEqual(['steps-closed']);
  });

  it('a finished step starts or ends once more', () => {
    const begun: Written[] = [
      ['api', created],
      ['w', attempt(1, 'w')],
      ['w:1', started('a'), finished('a')],
    ];
    expect(violated(log(...begun, ['v', attempt(2, 'v')], ['v:2', started('a')]))).toEqual(['effects-once']);
  });

  it('a question is answered twice, asked again after that, or never was asked', () => {
    const asking: Written[] = [
      ['api', created],
      ['w', attempt(1, 'w')],
      ['w:1', asked('p', 'q')],
      ['api', answered('p')],
    ];
    expect(violated(log(...asking, ['api', answered('q')]))).toEqual([]);
    expect(violated(log(...asking, ['api', answered('p')]))).toEqual(['answered-once']);
    expect(violated(log(...asking, ['api', answered('x')]))).toEqual(['answered-once']);
    const again: Written[] = [...asking, ['api', answered('q')], ['v', attempt(2, 'v')], ['v:2', asked('p')]];
    expect(violated(log(...again))).toEqual(['answered-once']);
  });

  it('a step, an attempt or a question after a cancel was accepted', () => {
    const cancelled: Written[] = [
      ['api', created],
      ['w', attempt(1, 'w')],
      ['api', cancel],
    ];
    expect(violated(log(...cancelled, ['w:1', { type: 'run.cancelled', at }]))).toEqual([]);
    expect(violated(log(...cancelled, ['w:1', started('a')]))).toEqual(['cancel-obeyed']);
    expect(violated(log(...cancelled, ['v', attempt(2, 'v')]))).toEqual(['cancel-obeyed']);
    expect(violated(log(...cancelled, ['w:1', asked('q')]))).toEqual(['cancel-obeyed']);
  });

  it('a checkpoint that does not follow from the one before', () => {
    expect(violated(log(...LIFE.slice(0, 8), ['v:2', finished('b'), checkpoint('c3', 'c1')]))).toEqual([
      'state-continues',
    ]);
  });

  it('a checkpoint without its entry, an entry without its checkpoint', () => {
    const stored = ['c1', 'c2', 'x'].map((id) => ({ id, ns: '', runId: id === 'x' ? 'r' : null }));
    expect(violated(log(...LIFE), { checkpoints: stored })).toEqual([
      'checkpoint-exists',
      'checkpoint-reported',
    ]);
  });

  it('checkpoints that were removed on request, or with their thread, are not missed', () => {
    const checkpoints = [{ id: 'c3', ns: '', runId: null }];
    const thread = (prunedTo: string) => ({ activeRunId: null, prunedTo });
    const missing = (more: object) => violated(log(...LIFE), { checkpoints, ...more });
    expect(missing({ thread: thread('c3') })).toEqual([]);
    expect(missing({ thread: null })).toEqual([]);
    expect(missing({ thread: thread('c2') })).toEqual(['checkpoint-exists']);
  });

  it('a document that is missing, wrong, behind without a worker, or ahead', () => {
    const entries = log(...LIFE);
    expect(violated(entries, { document: null })).toEqual(['document-is-fold']);
    const run = foldLog(entries);
    expect(violated(entries, { document: { run: { ...run, attempt: 3 }, wakeAt: null } })).toEqual([
      'document-is-fold',
    ]);
    const earlier = (n: number) => ({ document: documentOf(entries.slice(0, n)) });
    expect(violated(entries.slice(0, 4), earlier(3))).toEqual([]);
    expect(violated(entries.slice(0, 5), earlier(4))).toEqual(['document-is-fold']);
    expect(violated(entries.slice(0, 4), earlier(5))).toContain('document-is-fold');
  });

  it('nothing will ever happen to it, or something to one that has ended', () => {
    const pending = log(['api', created]);
    const ended = log(...LIFE);
    const wakeAt = new Date(at).toISOString();
    expect(violated(pending, { document: { run: foldLog(pending), wakeAt: null } })).toEqual(['way-forward']);
    expect(violated(ended, { document: { run: foldLog(ended), wakeAt } })).toEqual(['end-is-marked']);
    const unmarked = { ...foldLog(ended), finished_at: null };
    expect(violated(ended, { document: { run: unmarked, wakeAt: null } })).toContain('end-is-marked');
  });

  it('the thread is kept after the end, or held by another while the run goes on', () => {
    const ended = log(...LIFE);
    const running = log(...LIFE.slice(0, 3));
    expect(violated(ended, { thread: { activeRunId: 'r' } })).toEqual(['thread-held']);
    expect(violated(running, { thread: { activeRunId: 'r' } })).toEqual([]);
    expect(violated(running, { thread: { activeRunId: 'other' } })).toEqual(['thread-held']);
  });
});
