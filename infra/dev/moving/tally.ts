import { createHash } from 'node:crypto';
import type { Fields } from './messages.ts';
import { lasting } from './runs.ts';
import { encodeFields } from './value.ts';

export type Tally = Record<string, { count: number; digest: string }>;

const BYTES = 16;

/** Counts documents by collection id, with a digest of their content that does not depend on their order. */
export class Counter {
  readonly #groups = new Map<string, { count: number; digest: Buffer }>();

  add(path: string, fields: Fields, database: string): void {
    const collection = path.split('/').at(-2) ?? '';
    const group = this.#groups.get(collection) ?? { count: 0, digest: Buffer.alloc(BYTES) };
    this.#groups.set(collection, group);
    group.count += 1;
    const hash = createHash('sha256')
      .update(`${path}\n${JSON.stringify(encodeFields(lasting(path, fields), database))}`)
      .digest();
    for (let i = 0; i < BYTES; i += 1) group.digest[i] = (group.digest[i] ?? 0) ^ (hash[i] ?? 0);
  }

  get total(): number {
    return [...this.#groups.values()].reduce((sum, { count }) => sum + count, 0);
  }

  tally(): Tally {
    const sorted = [...this.#groups].toSorted(([a], [b]) => a.localeCompare(b));
    return Object.fromEntries(
      sorted.map(([name, { count, digest }]) => [name, { count, digest: digest.toString('hex') }]),
    );
  }
}

/** In words, where `found` is not what was `expected`; empty when they agree. */
export function differences(expected: Tally, found: Tally): string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])].toSorted();
  return names.flatMap((name) => {
    const [want, have] = [expected[name], found[name]];
    if (want?.count !== have?.count)
      return [`${name}: ${have?.count ?? 0} documents instead of ${want?.count ?? 0}`];
    return want?.digest === have?.digest
      ? []
      : [`${name}: the same number of documents, but not the same content`];
  });
}
