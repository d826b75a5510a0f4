import { load } from '@langchain/core/load';
import { randomUUID } from 'node:crypto';
import type { LcRecord } from './lang-chain.ts';
import { isLcRecord, isMarked } from './records.ts';

const DEEP = 10; // levels of one object's fields; LangChain's loader gives up at 50

/**
 * The object that LangChain wrote, made again by its own loader. That takes JSON only, and looks for secrets and for
 * objects to make in all of it: whatever is not plain is parked before, read by `revive`, and put back afterwards. Throws
 * what it throws.
 */
export async function loadRecord(record: LcRecord, revive: Revive): Promise<unknown> {
  const parked = new Parked(revive);
  const plain = await parked.record(record);
  return parked.putBack(await load(JSON.stringify(plain)));
}

type Revive = (value: unknown) => Promise<unknown>;

class Parked {
  readonly #revive: Revive;
  readonly #prefix = `parked:${randomUUID()}:`;
  readonly #values: unknown[] = [];

  constructor(revive: Revive) {
    this.#revive = revive;
  }

  async record({ lc, type, id, kwargs }: LcRecord): Promise<LcRecord> {
    const entries: [string, unknown][] = [];
    for (const [key, value] of Object.entries(kwargs)) {
      if (!isUndefined(value)) entries.push([key, await this.#park(value, 1)]);
    }
    return { lc, type, id, kwargs: Object.fromEntries(entries) };
  }

  async #park(value: unknown, depth: number): Promise<unknown> {
    if (typeof value !== 'object' || value === null) return value;
    if (depth < DEEP && Array.isArray(value)) {
      return await Promise.all(value.map((item) => this.#park(item, depth + 1)));
    }
    if (depth < DEEP && isLcRecord(value)) return await this.record(value);
    if (depth < DEEP && !Array.isArray(value) && !Object.keys(value).some(isSpecial)) {
      const entries: [string, unknown][] = [];
      for (const [key, item] of Object.entries(value)) entries.push([key, await this.#park(item, depth + 1)]);
      return Object.fromEntries(entries);
    }
    return `${this.#prefix}${this.#values.push(await this.#revive(value)) - 1}`;
  }

  putBack(made: unknown): unknown {
    if (this.#values.length > 0) this.#replaceIn(made, new Set());
    return made;
  }

  #replaceIn(holder: unknown, seen: Set<unknown>): void {
    if (typeof holder !== 'object' || holder === null || seen.has(holder)) return;
    seen.add(holder);
    for (const [key, { value, writable }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (typeof value === 'string' && value.startsWith(this.#prefix)) {
        if (writable === true)
          Reflect.set(holder, key, this.#values[Number(value.slice(this.#prefix.length))]);
      } else this.#replaceIn(value, seen);
    }
  }
}

/** Keys that mean something to the loader, or to JavaScript. */
const isSpecial = (key: string) => key === 'lc' || key === '__proto__';

/** Objects take a field that is missing and one that is undefined for the same, but not one that is something else. */
function isUndefined(value: unknown): boolean {
  return typeof value === 'object' && value !== null && isMarked(value, 2) && value['type'] === 'undefined';
}
