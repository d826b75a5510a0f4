import { QUOTAS } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { quotaWords } from './quota-words.ts';

const error = (details: unknown) => quotaWords({ code: 'quota_exceeded', details });

describe('a quota that is used up, in words', () => {
  it('runs a day: what, how much, and from when on', () => {
    const until = '2026-12-02T00:00:00.000Z';
    const words = error({ what: 'runs_per_day', limit: 200, used: 200, until });
    expect(words?.title).toBe('Your runs of today are used up');
    const day = new Date(until).toLocaleString('en', { weekday: 'short' });
    expect(words?.text).toContain('200 of 200 runs today.');
    expect(words?.text).toContain(`From ${day}`);
  });

  it('at once: as soon as one has ended', () => {
    const words = error({ what: 'runs_at_once', limit: 5, used: 5, until: null });
    expect(words?.text).toBe(
      '5 run or wait for a worker, and 5 at once are allowed. This one can start as soon as one of them has ended.',
    );
  });

  it('every quota has words', () => {
    for (const what of QUOTAS) expect(error({ what, limit: 1, used: 1, until: null })?.title).toBeTruthy();
  });

  it('any other error, or details of a later version -> none', () => {
    expect(quotaWords({ code: 'thread_busy', details: {} })).toBeNull();
    expect(error({ what: 'something new', limit: 1, used: 1, until: null })).toBeNull();
  });
});
