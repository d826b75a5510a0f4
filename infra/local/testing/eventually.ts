import { vi } from 'vitest';
import { PATIENCE_MS } from '../../../test/support/patience.ts';

/** Asks until `check` throws no more. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: PATIENCE_MS, interval: 10 });
