import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 500;

/** The first answer of `look` that it does not throw. Throws what it threw last when `ms` are over. */
export async function until<T>(ms: number, look: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(EVERY_MS);
    }
  }
}
