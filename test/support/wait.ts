import { PATIENCE_MS } from './patience.ts';

/** The first look comes again soon; who waits longer leaves the processor to what is waited for. Milliseconds. */
const PAUSE_MS = 25;
const MAX_PAUSE_MS = 250;
const SLOWER = 1.25;

/** Resolves with the first answer of `look` that is not null. Rejects with `what` after `ms`. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null> | T | null,
  ms = PATIENCE_MS,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (let pause = PAUSE_MS; ; pause = Math.min(MAX_PAUSE_MS, pause * SLOWER)) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${ms} ms in vain: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
