import type { LogEntry, NewEvent } from '@longrun/shared';
import { expect, it } from 'vitest';
import { compacted } from './compact.ts';
import { AT } from './testing.ts';

const attempt = (n: number): NewEvent => ({ type: 'attempt.started', at: AT, attempt: n, worker: 'w' });
const handsOver: NewEvent = { type: 'attempt.ended', at: AT, attempt: 1, reason: 'drained' };
const completed: NewEvent = { type: 'run.completed', at: AT };
const piece = (text = 'a'): NewEvent => ({ type: 'message.delta', at: AT, message_id: 'm', text });

/** An entry for each event. */
const log = (...written: [writer: string, event: NewEvent][]): LogEntry[] =>
  written.map(([writer, event], n) => ({ n, writer, nonce: `${n}`, events: [{ ...event, seq: n + 1 }] }));
const spans = (entries: LogEntry[]) => compacted(entries).map(({ from, n }) => [from, n]);

it.each<[string, LogEntry[], unknown]>([
  [
    'an attempt that ended the run -> one entry',
    log(['a', piece()], ['w', attempt(1)], ['w:1', piece()], ['w:1', completed]),
    [[0, 3]],
  ],
  [
    'attempts that let go -> one entry',
    log(['w', attempt(1)], ['w:1', handsOver], ['w', attempt(2)], ['w:2', completed]),
    [[0, 3]],
  ],
  ['few entries -> as they are', log(['w', attempt(1)], ['w:1', piece()], ['w:1', completed]), []],
  [
    'taken from a worker that may live -> as they are',
    log(['w', attempt(1)], ['w:1', piece()], ['w', attempt(2)], ['w:2', completed]),
    [],
  ],
  [
    'ended by another hand -> as they are',
    log(['w', attempt(1)], ['w:1', piece()], ['w:1', piece()], ['api', completed]),
    [],
  ],
  [
    'still held -> as they are',
    log(['w', attempt(1)], ['w:1', piece()], ['w:1', piece()], ['w:1', piece()]),
    [],
  ],
  [
    'more than a document holds -> several entries; one that stands for itself is left alone',
    log(
      ['w', attempt(1)],
      ['w:1', piece('x'.repeat(500_000))],
      ['w:1', piece('x'.repeat(600_000))],
      ['w:1', completed],
    ),
    [
      [0, 1],
      [2, 3],
    ],
  ],
])('%s', (_, entries, expected) => {
  expect(spans(entries)).toEqual(expected);
});

it('of a newer format -> as they are', () => {
  const entries = log(['w', attempt(1)], ['w:1', piece()], ['w:1', piece()], ['w:1', completed]);
  expect(compacted(entries.map((entry) => ({ ...entry, newerFormat: 99 })))).toEqual([]);
});
