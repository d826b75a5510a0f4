import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { asAttempt, attemptThatThrew } from './stray-errors.ts';

describe('whose code is being executed', () => {
  it('is known in timers and callbacks of an attempt, and only while it goes on', async () => {
    const seen: (string | undefined)[] = [];
    const look = () => seen.push(attemptThatThrew()?.run_id);
    const attempt = (run_id: string) => ({ run_id, fail: () => undefined });
    await Promise.all(
      ['a', 'b'].map((id) =>
        asAttempt(attempt(id), async () => {
          setTimeout(look, 1);
          await delay(20);
          setTimeout(look, 20);
        }),
      ),
    );
    look();
    await delay(40);
    expect(seen).toEqual(['a', 'b', undefined, undefined, undefined]);
  });
});
