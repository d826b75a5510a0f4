import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { asAttempt, attemptThatThrew } from './stray-errors.ts';

const idOf = (thrown: ReturnType<typeof attemptThatThrew>) =>
  thrown === undefined ? undefined : `${thrown.attempt.run_id}${thrown.going ? '' : ', ended'}`;

describe('whose code is being executed', () => {
  it('is known in timers and callbacks of an attempt, also of one that has ended', async () => {
    const seen: (string | undefined)[] = [];
    const look = () => seen.push(idOf(attemptThatThrew()));
    const attempt = (run_id: string) => ({ run_id, graph: 'g', fail: () => undefined });
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
    expect(seen).toEqual(['a', 'b', undefined, 'a, ended', 'b, ended']);
  });
});
