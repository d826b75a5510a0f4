/**
 * Billed operations as production counts them: https://firebase.google.com/docs/firestore/pricing
 * Collections are named with ids replaced (`users/{}/runs`), so that the table stays small.
 */
import { collectionPattern } from './path/resource-name.ts';
import type { Usage, UsageCounts } from './types.ts';

const MAX_COLLECTIONS = 10_000; // patterns beyond are counted in the totals only

export class UsageCounter {
  #totals = zero();
  #collections = new Map<string, UsageCounts>();

  /** `collection`: segments of a collection's path, or of a document below it (a trailing id is dropped). */
  count(kind: keyof UsageCounts, collection: readonly string[], amount = 1): void {
    if (amount === 0) return;
    this.#totals[kind] += amount;
    const pattern = collectionPattern(collection.slice(0, collection.length - ((collection.length + 1) % 2)));
    let counts = this.#collections.get(pattern);
    if (!counts) {
      if (this.#collections.size >= MAX_COLLECTIONS) return;
      counts = zero();
      this.#collections.set(pattern, counts);
    }
    counts[kind] += amount;
  }

  report(): Usage {
    return { totals: { ...this.#totals }, collections: Object.fromEntries(this.#collections) };
  }

  reset(): void {
    this.#totals = zero();
    this.#collections = new Map();
  }
}

const zero = (): UsageCounts => ({ reads: 0, writes: 0, deletes: 0 });
