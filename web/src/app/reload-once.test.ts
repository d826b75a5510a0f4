import { afterEach, expect, it, vi } from 'vitest';
import { reloadOnceOnStaleChunk } from './reload-once.ts';

afterEach(() => {
  sessionStorage.clear();
  vi.unstubAllGlobals();
});

it('B8: a chunk that is gone reloads the page once, and never in a loop', () => {
  const reload = vi.fn();
  vi.stubGlobal('location', { reload });
  reloadOnceOnStaleChunk();
  const fail = () => dispatchEvent(new Event('vite:preloadError', { cancelable: true }));
  expect(fail()).toBe(false);
  expect(fail()).toBe(true);
  expect(reload).toHaveBeenCalledTimes(1);
});
