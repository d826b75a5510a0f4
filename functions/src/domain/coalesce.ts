import { traitsOf, type NewEvent } from '@longrun/shared';

/**
 * Milliseconds between the flushes of a stream: the first is nearly at once, then they grow. Each step begins anew,
 * so that its first words are seen at once.
 */
const INTERVALS_MS = [100, 300, 950, 1_800, 2_000];
/** A start is shown together with the first thing the node says. */
const START_MS = 20;
/** A stream that paused this long starts again with short intervals. */
const IDLE_MS = 5_000;
/** A batch of this many characters is written without waiting. */
const MAX_BATCH_CHARS = 100_000;

export interface Pace {
  /** How many flushes of the stream there were since it was idle or a step started. */
  level: number;
  lastFlushAt: number;
}

export const INITIAL_PACE: Pace = { level: 0, lastFlushAt: Number.NEGATIVE_INFINITY };

/**
 * Milliseconds from `now` until an event that was just buffered must be written. `streamed`: because its time has come, not because
 * of a boundary.
 */
export function flushOf(
  event: NewEvent,
  pace: Pace,
  bufferedChars: number,
  now: number,
): { delay: number; streamed: boolean } {
  const { flush, unseen } = traitsOf(event);
  if (flush === 'at once' || bufferedChars > MAX_BATCH_CHARS) return { delay: 0, streamed: false };
  if (flush === 'in an instant') return { delay: START_MS, streamed: true };
  // Nobody waits to see a checkpoint; what is worth seeing follows at once.
  const idle = now - pace.lastFlushAt > IDLE_MS;
  if (idle) return unseen === true ? { delay: START_MS, streamed: true } : { delay: 0, streamed: false };
  const interval = INTERVALS_MS[Math.min(pace.level, INTERVALS_MS.length - 1)] ?? 0;
  return { delay: Math.max(0, pace.lastFlushAt + interval - now), streamed: true };
}

/** A step that starts is read from its first word. */
export function beforeEvent(pace: Pace, event: NewEvent): Pace {
  return event.type === 'node.started' ? { ...pace, level: 0 } : pace;
}

/** The pace after a batch was written; `streamed` as `flushOf` said. */
export function afterFlush(pace: Pace, streamed: boolean, now: number): Pace {
  const idle = now - pace.lastFlushAt > IDLE_MS;
  const level = idle ? 0 : pace.level;
  return { level: streamed ? level + 1 : level, lastFlushAt: now };
}

/**
 * Adds an event to a batch that is not yet written. Pieces of one message join into one event, which is what
 * makes a stream cheap; everything else keeps its own.
 */
export function addToBatch(batch: NewEvent[], event: NewEvent): void {
  if (event.type === 'message.delta') {
    for (let i = batch.length - 1; i >= 0; i -= 1) {
      const earlier = batch[i];
      if (earlier?.type !== 'message.delta') break;
      if (earlier.message_id === event.message_id && earlier.task === event.task) {
        batch[i] = { ...earlier, text: earlier.text + event.text };
        return;
      }
    }
  }
  batch.push(event);
}
