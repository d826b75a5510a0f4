import { describe, expect, it } from 'vitest';
import { DISPATCH_GRACE_MS, LEASE_MS } from './limits.ts';
import { AT, STATES, type State } from './testing.ts';
import { notBefore, wakeAt } from './wake.ts';

const NOW = AT + 1_000;

describe('by when something must have happened', () => {
  it.each<[State, number | null, string]>([
    ['pending', NOW + DISPATCH_GRACE_MS, 'its task must have come'],
    ['waiting for its next try', AT + 9_000 + DISPATCH_GRACE_MS, 'likewise, after its time'],
    ['running', NOW + LEASE_MS, 'its worker must have given a sign of life'],
    ['running, to be cancelled', NOW + LEASE_MS, 'likewise'],
    ['asking', null, 'a person must answer'],
    ['completed', null, 'it has ended'],
    ['failed', null, 'it has ended'],
    ['cancelled', null, 'it has ended'],
  ])('%s -> %j: %s', (state, expected) => {
    expect(wakeAt(STATES[state], NOW)).toBe(expected);
  });

  it('a time that has passed -> counted from now', () => {
    expect(wakeAt(STATES['waiting for its next try'], AT + 60_000)).toBe(AT + 60_000 + DISPATCH_GRACE_MS);
  });
});

it('to be started later and tried again later -> the later of both', () => {
  const later = { ...STATES['waiting for its next try'], start_at: new Date(AT + 20_000).toISOString() };
  expect([notBefore(STATES.pending), notBefore(later)]).toEqual([null, AT + 20_000]);
});
