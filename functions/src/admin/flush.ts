import * as z from 'zod/mini';
import type { Cache } from '../ports/cache.ts';
import type { LongAction } from './operations.ts';

const stateSchema = z._default(
  z.nullable(
    z.object({
      /** Where the flush goes on. */
      from: z.nullable(z.string()),
      removed: z.number(),
      looked: z.number(),
      size: z.number(),
    }),
  ),
  null,
);

/** A step ends after so long, so that whoever asked is answered. Milliseconds. */
const BUDGET_MS = 2_000;

/** B6: removes every cached result, of all users. */
export function flushAction(cache: Cache, clock: { now(): number }): LongAction {
  return {
    async step({ state }) {
      const known = z.parse(stateSchema, state);
      const size = known?.size ?? (await cache.size());
      let { from, removed, looked } = known ?? { from: null, removed: 0, looked: 0 };
      const until = clock.now() + BUDGET_MS;
      do {
        const part = await cache.flush(from);
        removed += part.removed;
        looked += part.looked;
        from = part.next;
        if (from === null) return { kind: 'done', detail: `${removed} cached results were removed.` };
      } while (clock.now() < until);
      return {
        kind: 'going',
        state: { from, removed, looked, size },
        progress: size === 0 ? 0 : Math.min(99, (looked / size) * 100),
        detail: `${removed} cached results were removed so far.`,
      };
    },
  };
}
