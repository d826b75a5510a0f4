import type { SerializerProtocol } from '@langchain/langgraph-checkpoint';
import { encode } from './encode.ts';
import { isMessageId, type LcRecord } from './lang-chain.ts';
import { loadRecord } from './load-record.ts';
import { NotSerializable } from './not-serializable.ts';
import { revive } from './revive.ts';

/**
 * Writes what a graph holds so that it comes back as the same value, or refuses it by its path. It reads all that
 * LangGraph's JsonPlusSerializer wrote, and writes what that one can read wherever that one can.
 *
 * Kept besides JSON: undefined, NaN and infinities, BigInt, Date, Map, Set, RegExp, bytes and other typed arrays,
 * LangChain's messages and documents of any copy, keys such as `__proto__`. What only looks like an object of
 * LangChain (`{ "lc": 1, ... }` in somebody's JSON) comes back as it was, and no class is made of it.
 *
 * Comes back as something simpler: an instance of another class as its fields, or as what its `toJSON` says; an
 * Error as one with its message; a message of a derived class as one of LangChain's; boxed values unboxed; what two
 * places share as two copies. Functions and symbols among an object's fields are left out.
 *
 * Refused (NotSerializable): functions and symbols anywhere else, promises, weak collections, cycles, nesting beyond
 * 1,000 levels, what throws when it is read, and objects of LangChain that it cannot read back, such as models.
 */
export class StateSerializer implements SerializerProtocol {
  /** Ids of LangChain's classes that were brought back before. */
  readonly #proven = new Set<string>();

  async dumpsTyped(value: unknown): Promise<[string, Uint8Array]> {
    if (value instanceof Uint8Array) return ['bytes', value];
    const { json, records } = encode(value);
    const bytes = new TextEncoder().encode(JSON.stringify(json));
    for (const { path, record } of records) {
      if (isMessageId(record.id) || (await this.#comesBack(record))) continue;
      throw new NotSerializable(
        path,
        `is a ${record.id.at(-1)}, which LangChain cannot read back; store what it is made from`,
      );
    }
    return ['json', bytes];
  }

  async loadsTyped(type: string, data: Uint8Array | string): Promise<unknown> {
    if (type === 'bytes') return typeof data === 'string' ? new TextEncoder().encode(data) : data;
    if (type !== 'json') throw new Error(`There is no way to read a value of type "${type}".`);
    const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
    const parsed: unknown = JSON.parse(text);
    return text.includes('"lc":') ? await revive(parsed) : parsed;
  }

  /** Tried once for each class. */
  async #comesBack(record: LcRecord): Promise<boolean> {
    const name = record.id.join('/');
    if (this.#proven.has(name)) return true;
    try {
      await loadRecord(record, revive);
      this.#proven.add(name);
      return true;
    } catch {
      return false;
    }
  }
}
