import { PATIENCE_MS } from './patience.ts';

/** Resolves with the first answer of `look` that is not null. Rejects with `what` after `ms`. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null> | T | null,
  ms = PATIENCE_MS,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${ms} ms in vain: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
