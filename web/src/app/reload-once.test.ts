import { afterEach, expect, it, vi } from 'vitest';
import { reloadOnceOnStaleChunk } from './reload-once.ts';

afterEach(() => {
  sessionStorage.clear();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
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

it('B8: without a network nothing is reloaded: the page that is open goes on', () => {
  const reload = vi.fn();
  vi.stubGlobal('location', { reload });
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  reloadOnceOnStaleChunk();
  expect(dispatchEvent(new Event('vite:preloadError', { cancelable: true }))).toBe(true);
  expect(reload).not.toHaveBeenCalled();
});
