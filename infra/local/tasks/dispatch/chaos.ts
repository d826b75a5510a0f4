/**
 * What production is allowed to do but rarely does: deliver a task twice, late, or after a younger one. Which tasks are hit
 * follows from the seed, the task's name and the attempt alone, so a failing run can be repeated.
 */
import { createHash } from 'node:crypto';

export interface Chaos {
  /** Milliseconds that this attempt is held back: long makes it late, short lets younger tasks overtake. */
  delayMs(taskName: string, attempt: number): number;
  /** Milliseconds after which this attempt is delivered a second time; undefined for once. */
  repeatMs(taskName: string, attempt: number): number | undefined;
}

const LATE_MS = 2_000;
const REORDER_MS = 50;
const REPEAT_MS = 500;

export const noChaos: Chaos = { delayMs: () => 0, repeatMs: () => undefined };

/** `rate` is the share of attempts that each kind of mischief hits, 0 to 1. */
export function createChaos(seed: string, rate: number): Chaos {
  /** Three numbers in [0, 1) for a question about an attempt. */
  const draw = (question: string, name: string, attempt: number): [number, number, number] => {
    const digest = createHash('sha256')
      .update(JSON.stringify([seed, question, name, attempt]))
      .digest();
    const at = (i: number): number => digest.readUInt32BE(4 * i) / 2 ** 32;
    return [at(0), at(1), at(2)];
  };
  return {
    delayMs(name, attempt) {
      const [late, reorder, amount] = draw('delay', name, attempt);
      if (late < rate) return amount * LATE_MS;
      return reorder < rate ? amount * REORDER_MS : 0;
    },
    repeatMs(name, attempt) {
      const [repeat, amount] = draw('repeat', name, attempt);
      return repeat < rate ? amount * REPEAT_MS : undefined;
    },
  };
}
