import { describe, expect, it } from 'vitest';
import type { LogEntry } from './entry.ts';
import type { NewEvent } from './events.ts';
import { foldLog } from './fold.ts';
import {
  answerOf,
  EMPTY_VIEW,
  extendView,
  type AttemptRow,
  type Row,
  type RunView,
  type StepRow,
} from './view.ts';

const CREATED: NewEvent = {
  type: 'run.created',
  at: 1_000,
  run_id: 'r',
  thread_id: 't',
  owner: 'u',
  assistant_id: 'research',
  title: 'Why?',
  input: { messages: [{ role: 'user', content: 'Why?' }] },
  config: null,
  metadata: null,
};
const attempt = (n: number, at: number): NewEvent => ({
  type: 'attempt.started',
  at,
  attempt: n,
  worker: `w${n}`,
});
const begin = (task: string, at: number, node = task): NewEvent => ({
  type: 'node.started',
  at,
  task,
  node,
  ns: [],
});
const done = (task: string, at: number, node = task): NewEvent => ({
  type: 'node.finished',
  at,
  task,
  node,
  ns: [],
});
const text = (task: string, at: number, piece: string, id = 'm1'): NewEvent => ({
  type: 'message.delta',
  at,
  task,
  node: task,
  message_id: id,
  text: piece,
});
const said = (task: string, at: number, content: string, id = 'm1'): NewEvent => ({
  type: 'message',
  at,
  task,
  node: task,
  message: { id, type: 'ai', content },
});

/** A log with one event for each entry. */
function logOf(...events: NewEvent[]): LogEntry[] {
  return events.map((event, n) => ({ n, writer: 'w', nonce: `${n}`, events: [{ ...event, seq: n + 1 }] }));
}
function viewOf(...events: NewEvent[]): RunView {
  return extendView(EMPTY_VIEW, logOf(CREATED, ...events));
}
function names(rows: readonly Row[]): string[] {
  return rows.map((row) => {
    if (row.kind === 'step') return `${row.node} ${row.state}`;
    return row.kind === 'wait' ? `wait:${row.cause}` : `attempt ${row.attempt} ${row.cause}`;
  });
}
const stepOf = (view: RunView, node: string) =>
  view.rows.find((row): row is StepRow => row.kind === 'step' && row.node === node);
const lostOf = (view: RunView) => view.rows.find((row): row is AttemptRow => row.kind === 'attempt');

describe('steps', () => {
  it('created: the run waits in the queue until an attempt starts', () => {
    expect(viewOf().rows).toMatchObject([{ kind: 'wait', cause: 'queue', startedAt: 1_000, endedAt: null }]);
    expect(viewOf(attempt(1, 1_200)).rows).toMatchObject([{ kind: 'wait', endedAt: 1_200 }]);
  });

  it('a step runs, reports, and is done with its duration', () => {
    const view = viewOf(
      attempt(1, 1_100),
      begin('read', 1_200),
      { type: 'progress', at: 1_300, task: 'read', progress: { text: 'reading', done: 1, total: 2 } },
      { type: 'source', at: 1_400, task: 'read', source: { id: 's', title: 'S', url: '/s' } },
      { type: 'usage', at: 1_450, task: 'read', usage: { model: 'm', input_tokens: 3, output_tokens: 4 } },
      done('read', 1_500),
    );
    expect(stepOf(view, 'read')).toMatchObject({
      state: 'done',
      startedAt: 1_200,
      endedAt: 1_500,
      sources: 1,
      tokens: 7,
      progress: { done: 1, total: 2 },
    });
  });

  it('parallel steps are open side by side, and end each by itself', () => {
    const view = viewOf(attempt(1, 1_100), begin('a', 1_200), begin('b', 1_200), done('b', 1_300));
    expect(names(view.rows)).toEqual(['wait:queue', 'a running', 'b done']);
  });

  it('a run that ends in failure keeps the failed step in its place', () => {
    const error = { code: 'graph_error', message: 'no' };
    const view = viewOf(
      attempt(1, 1_100),
      begin('a', 1_200),
      { type: 'node.failed', at: 1_300, task: 'a', node: 'a', ns: [], error },
      { type: 'run.failed', at: 1_400, error },
    );
    expect(names(view.rows)).toEqual(['wait:queue', 'a failed']);
    expect(stepOf(view, 'a')?.error).toEqual(error);
  });

  it('hand-over: the wait between two tasks is named, and nothing is lost', () => {
    const view = viewOf(
      attempt(1, 1_100),
      begin('a', 1_200),
      done('a', 1_300),
      { type: 'attempt.ended', at: 1_400, attempt: 1, reason: 'drained' },
      attempt(2, 1_600),
      begin('b', 1_700),
    );
    expect(names(view.rows)).toEqual(['wait:queue', 'a done', 'wait:handover', 'b running']);
  });

  it('a question: the step asked, the run waits for a person, then for a worker', () => {
    const asked = viewOf(attempt(1, 1_100), begin('a', 1_200), {
      type: 'interrupt.opened',
      at: 1_300,
      interrupts: [
        { id: 'i', value: 'ok?' },
        { id: 'j', value: 'sure?' },
      ],
    });
    expect(names(asked.rows)).toEqual(['wait:queue', 'a asked', 'wait:person']);
    const answer = (id: string, seq: number): LogEntry => ({
      n: seq - 1,
      writer: 'api',
      nonce: id,
      events: [{ type: 'interrupt.answered', at: 2_000 + seq, seq, answers: { [id]: true }, by: 'u' }],
    });
    const half = extendView(asked, [answer('i', 5)]);
    expect(names(half.rows)).toEqual(['wait:queue', 'a asked', 'wait:person']);
    const whole = extendView(half, [answer('j', 6)]);
    expect(names(whole.rows)).toEqual(['wait:queue', 'a asked', 'wait:person', 'wait:queue']);
    expect(whole.rows.at(-2)?.endedAt).toBe(2_006);
  });
});

describe('attempts', () => {
  it('crash: what was unfinished folds under its attempt, and its text is taken back', () => {
    const view = viewOf(
      attempt(1, 1_100),
      begin('plan', 1_200),
      done('plan', 1_300),
      begin('write', 1_400),
      text('write', 1_500, 'half a sen'),
      attempt(2, 9_000),
      begin('write', 9_100),
      text('write', 9_200, 'A whole'),
    );
    expect(names(view.rows)).toEqual(['wait:queue', 'plan done', 'attempt 1 restart', 'write running']);
    expect(lostOf(view)).toMatchObject({
      startedAt: 1_100,
      endedAt: 1_500,
      chars: 10,
      steps: [{ node: 'write' }],
    });
    expect(answerOf(view)).toMatchObject([{ text: 'A whole', state: 'streaming' }]);
  });

  it('crash between two steps: the attempt is shown, nothing else changes', () => {
    const view = viewOf(attempt(1, 1_100), begin('a', 1_200), done('a', 1_300), attempt(2, 5_000));
    expect(names(view.rows)).toEqual(['wait:queue', 'a done', 'attempt 1 restart']);
    expect(lostOf(view)?.steps).toEqual([]);
  });

  it('crash: a message of a finished step stays', () => {
    const view = viewOf(
      attempt(1, 1_100),
      begin('a', 1_200),
      said('a', 1_300, 'Kept'),
      done('a', 1_300),
      attempt(2, 5_000),
    );
    expect(answerOf(view)).toMatchObject([{ text: 'Kept', state: 'final' }]);
  });

  it('error: the attempt folds at once, with its reason, and the pause says until when', () => {
    const error = { code: 'unavailable', message: 'model is down' };
    const view = viewOf(attempt(1, 1_100), begin('a', 1_200), text('a', 1_250, 'Hm'), {
      type: 'attempt.ended',
      at: 1_300,
      attempt: 1,
      reason: 'failed',
      error,
      retry_at: 9_000,
    });
    expect(names(view.rows)).toEqual(['wait:queue', 'attempt 1 failed', 'wait:retry']);
    expect(lostOf(view)).toMatchObject({ error, chars: 2 });
    expect(view.rows.at(-1)).toMatchObject({ retryAt: 9_000, endedAt: null });
    expect(answerOf(view)).toEqual([]);
  });
});

describe('text', () => {
  it('pieces join, and the message replaces them', () => {
    const streaming = viewOf(
      attempt(1, 1_100),
      begin('a', 1_200),
      text('a', 1_300, 'Hel'),
      text('a', 1_400, 'lo'),
    );
    expect(answerOf(streaming)).toMatchObject([{ text: 'Hello', state: 'streaming' }]);
    const whole = viewOf(
      attempt(1, 1_100),
      begin('a', 1_200),
      text('a', 1_300, 'Hel'),
      said('a', 1_400, 'Hello!'),
    );
    expect(answerOf(whole)).toMatchObject([{ text: 'Hello!', state: 'final' }]);
  });

  it('what a finished step streamed and did not hand on becomes a note', () => {
    const view = viewOf(attempt(1, 1_100), begin('a', 1_200), text('a', 1_300, 'thinking'), done('a', 1_400));
    expect(answerOf(view)).toEqual([]);
    expect(view.messages).toMatchObject([{ text: 'thinking', state: 'notes' }]);
  });

  it('a graph without messages: what it streamed last is its answer', () => {
    const view = viewOf(
      attempt(1, 1_100),
      begin('a', 1_200),
      text('a', 1_300, 'The answer'),
      done('a', 1_400),
      {
        type: 'run.completed',
        at: 1_500,
      },
    );
    expect(answerOf(view)).toMatchObject([{ text: 'The answer', state: 'final' }]);
  });

  it('cancelled: what was written so far is kept, and marked as unfinished', () => {
    const view = viewOf(
      attempt(1, 1_100),
      begin('a', 1_200),
      text('a', 1_300, 'So far'),
      { type: 'cancel.requested', at: 1_350, by: 'u' },
      { type: 'run.cancelled', at: 1_400 },
    );
    expect(answerOf(view)).toMatchObject([{ text: 'So far', state: 'partial' }]);
    expect(names(view.rows)).toEqual(['wait:queue', 'a stopped']);
  });
});

describe('growing', () => {
  const log = logOf(
    CREATED,
    attempt(1, 1_100),
    begin('a', 1_200),
    text('a', 1_300, 'Hel'),
    attempt(2, 5_000),
    begin('a', 5_100),
    text('a', 5_200, 'Hello'),
    said('a', 5_300, 'Hello'),
    done('a', 5_400),
    { type: 'run.completed', at: 5_500 },
  );

  it('entry by entry gives the same as all at once, wherever it is cut', () => {
    const whole = extendView(EMPTY_VIEW, log);
    for (let cut = 0; cut <= log.length; cut += 1) {
      const first = extendView(EMPTY_VIEW, log.slice(0, cut));
      expect(extendView(first, log.slice(cut))).toEqual(whole);
    }
    expect(whole.run).toEqual(foldLog(log));
  });

  it('entries that are known already change nothing', () => {
    const view = extendView(EMPTY_VIEW, log);
    expect(extendView(view, log.slice(2))).toBe(view);
  });

  it('a gap is refused', () => {
    expect(() => extendView(extendView(EMPTY_VIEW, log.slice(0, 2)), log.slice(3))).toThrow('expected');
  });

  it('a view is never changed in place, and what did not change stays identical', () => {
    const before = extendView(EMPTY_VIEW, log.slice(0, 3));
    const copy = structuredClone({ rows: before.rows, events: before.events });
    const after = extendView(before, log.slice(3, 4));
    expect({ rows: before.rows, events: before.events }).toEqual(copy);
    expect(after.rows[0]).toBe(before.rows[0]);
    expect(after.rows[1]).toBe(before.rows[1]);
  });

  it('10,000 events, and one more: no row of what was there is made anew', () => {
    const events: NewEvent[] = [attempt(1, 1_100)];
    for (let i = 0; i < 3_333; i += 1)
      events.push(
        begin(`t${i}`, 2_000 + i),
        text(`t${i}`, 2_000 + i, 'x', `m${i}`),
        done(`t${i}`, 2_001 + i),
      );
    const long = logOf(CREATED, ...events);
    const view = extendView(EMPTY_VIEW, long);
    const next: LogEntry = {
      n: long.length,
      writer: 'w',
      nonce: 'x',
      events: [{ type: 'custom', at: 9_999, seq: long.length + 1, data: 1 }],
    };
    const after = extendView(view, [next]);
    expect(view.events).toHaveLength(10_001);
    expect(after.events).toHaveLength(10_002);
    expect(view.rows.filter((row, i) => after.rows[i] !== row)).toEqual([]);
  });
});
