import { expect, test } from 'vitest';
import { atLeast } from './version.ts';

test.each([
  ['0.2.73', true],
  ['0.2.74', false],
  ['0.3.0', false],
  ['1.0.0-alpha.1', false],
  ['0.2.9', true],
  ['unknown', false],
])('%s is older than 0.2.74: %s', (version, older) => expect(!atLeast(version, '0.2.74')).toBe(older));
