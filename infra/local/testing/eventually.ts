import { vi } from 'vitest';

/** Asks until `check` throws no more. The patience is for a loaded machine: nothing here takes that long by itself. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 15_000, interval: 10 });
