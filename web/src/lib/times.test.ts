import { expect, it } from 'vitest';
import { ahead } from './times.ts';

it.each([
  [10_000, 'in a moment'],
  [40 * 60_000, 'in 40 min'],
  [6 * 3_600_000, 'in 6 h'],
  [72 * 3_600_000, 'in 3 days'],
])('%i ms ahead -> %s', (ms, text) => expect(ahead(ms, 0)).toBe(text));
