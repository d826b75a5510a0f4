import { expect, test } from 'vitest';
import { withinCaps } from './caps.ts';

const CAPS = { recursionLimit: 100, runTimeoutS: 60 };
const body = (more: object) => ({ assistant_id: 'a', ...more });

test.each([
  [{ config: { recursion_limit: 101 } }, 'config.recursion_limit', 'MAX_RECURSION_LIMIT'],
  [{ config: { recursion_limit: 1e12 } }, 'config.recursion_limit', 'MAX_RECURSION_LIMIT'],
  [{ run_timeout_s: 60.5 }, 'run_timeout_s', 'MAX_RUN_TIMEOUT_S'],
])('%j -> 422 with the cap by its name', (more, field, setting) => {
  expect(() => withinCaps(body(more), CAPS)).toThrow(
    expect.objectContaining({
      code: 'limit_exceeded',
      status: 422,
      message: expect.stringContaining(setting),
      details: expect.objectContaining({ field, setting }),
    }),
  );
});

test('no run is without a limit of time; it may ask for less', () => {
  expect(withinCaps(body({}), CAPS).run_timeout_s).toBe(60);
  expect(withinCaps(body({ run_timeout_s: null }), CAPS).run_timeout_s).toBe(60);
  expect(withinCaps(body({ run_timeout_s: 5 }), CAPS).run_timeout_s).toBe(5);
  expect(withinCaps(body({ config: { recursion_limit: 100 } }), CAPS).config).toEqual({
    recursion_limit: 100,
  });
});
