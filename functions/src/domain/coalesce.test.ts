import type { NewEvent } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { addToBatch, afterFlush, beforeEvent, flushOf, INITIAL_PACE, type Pace } from './coalesce.ts';
import { ATTEMPT } from './testing.ts';

const NOW = 1_000_000;
const delta = (text: string, message_id = 'm', task = 'a'): NewEvent => ({
  type: 'message.delta',
  at: NOW,
  message_id,
  task,
  text,
});
const started: NewEvent = { type: 'node.started', at: NOW, task: 'a', node: 'a', ns: [] };
const checkpoint: NewEvent = { type: 'checkpoint', at: NOW, checkpoint_id: 'c', checkpoint_ns: '', step: 1 };
const busy = (level: number, ago: number): Pace => ({ level, lastFlushAt: NOW - ago });

describe('when an event is written', () => {
  it.each<[string, NewEvent, Pace, number, number, boolean]>([
    ['a boundary', ATTEMPT, busy(3, 1), 0, 0, false],
    ['a step starts: with the first that it says', started, busy(3, 1), 0, 20, true],
    ['the first piece', delta('a'), INITIAL_PACE, 1, 0, false],
    ['a checkpoint that nobody waits for', checkpoint, INITIAL_PACE, 0, 20, true],
    ['a piece soon after another flush', delta('a'), busy(0, 40), 1, 60, true],
    ['the pace grows', delta('a'), busy(3, 800), 1, 1_000, true],
    ['and has an end', delta('a'), busy(99, 800), 1, 1_200, true],
    ['a piece whose time has passed', delta('a'), busy(1, 4_000), 1, 0, true],
    ['a piece after a pause', delta('a'), busy(4, 5_001), 1, 0, false],
    ['too much to hold', delta('a'), busy(4, 1), 100_001, 0, false],
  ])('%s', (_, event, pace, chars, delay, streamed) => {
    expect(flushOf(event, pace, chars, NOW)).toEqual({ delay, streamed });
  });
});

describe('the pace', () => {
  it.each<[string, Pace, Pace]>([
    ['a streamed flush -> slower', afterFlush(busy(2, 100), true, NOW), busy(3, 0)],
    ['a boundary -> as it was', afterFlush(busy(2, 100), false, NOW), busy(2, 0)],
    ['a pause -> begins anew', afterFlush(busy(4, 5_001), true, NOW), busy(1, 0)],
    ['a step starts -> begins anew', beforeEvent(busy(4, 100), started), busy(0, 100)],
    ['a piece -> as it was', beforeEvent(busy(4, 100), delta('a')), busy(4, 100)],
  ])('%s', (_, pace, expected) => {
    expect(pace).toEqual(expected);
  });
});

describe('pieces in one batch', () => {
  it.each<[string, NewEvent[], NewEvent[]]>([
    ['of one message -> one event', [delta('a'), delta('b')], [delta('ab')]],
    [
      'of two messages in turn -> one event each',
      [delta('a'), delta('x', 'n'), delta('b')],
      [delta('ab'), delta('x', 'n')],
    ],
    [
      'of one message in two tasks -> two events',
      [delta('a'), delta('b', 'm', 'b')],
      [delta('a'), delta('b', 'm', 'b')],
    ],
    [
      'with something in between -> its order is kept',
      [delta('a'), started, delta('b')],
      [delta('a'), started, delta('b')],
    ],
  ])('%s', (_, events, expected) => {
    const batch: NewEvent[] = [];
    for (const event of events) addToBatch(batch, event);
    expect(batch).toEqual(expected);
  });
});
