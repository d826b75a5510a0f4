import { Timestamp } from '@google-cloud/firestore';
import { expect, test } from 'vitest';
import { fromVersion, toVersion } from './convert.ts';

test.each([
  [new Timestamp(1_795_000_000, 1), '1795000000.000000001'],
  [new Timestamp(1_795_000_000, 999_999_999), '1795000000.999999999'],
])('a version keeps every nanosecond, there and back', (time, version) => {
  expect(toVersion(time)).toBe(version);
  expect(fromVersion(version)).toEqual(time);
});

test.each(['', '7', '1.5', 'x.000000001'])('%j is no version', (version) => {
  expect(() => fromVersion(version)).toThrow(TypeError);
});
