import { expect, test } from 'vitest';
import { RateLimit } from './rate-limit.ts';

test('a burst, then a steady rate, for each key on its own', () => {
  let now = 0;
  const limit = new RateLimit(2, 0.5, () => now);
  limit.take('a');
  limit.take('a');
  expect(() => limit.take('a')).toThrow('TOO_MANY_ATTEMPTS_TRY_LATER');
  limit.take('b');
  now = 2_000;
  limit.take('a');
  expect(() => limit.take('a')).toThrow('TOO_MANY_ATTEMPTS_TRY_LATER');
});
