import type { DeltaSnapshot } from '@langchain/langgraph-checkpoint';
import { types } from 'node:util';
import { lcRecord, messageFields, type LcRecord } from './lang-chain.ts';
import { NotSerializable, type Path } from './not-serializable.ts';
import { constructed, isSnapshot, mark, packedNumbers } from './records.ts';

/** Nested deeper, it is a list of links rather than a state, and what reads it would run out of stack. */
const MAX_DEPTH = 1_000;
/** JSON is read back without a recursion of ours. */
const MAX_JSON_DEPTH = 2_500;

export interface Encoded {
  /** What JSON.stringify makes the text of. */
  json: unknown;
  /** What LangChain's own objects were written as, which only `load` brings back. */
  records: { path: Path; record: LcRecord }[];
}

/** Throws NotSerializable, which names the place, before anything came of the value. */
export function encode(value: unknown): Encoded {
  const encoder = new Encoder(false);
  return { json: encoder.whole(value), records: encoder.records };
}

/**
 * The value as JSON and nothing beyond: dates and what has a `toJSON` are what they say, undefined and methods among an
 * object's fields are left out. Throws NotSerializable for what would become something else without a word.
 */
export function encodeAsJson(value: unknown): unknown {
  return new Encoder(true).whole(value);
}

class Encoder {
  readonly #onlyJson: boolean;
  readonly records: Encoded['records'] = [];
  readonly #path: (string | number)[] = [];
  /** The objects that the present one lies in. */
  readonly #around = new Set<object>();

  constructor(onlyJson: boolean) {
    this.#onlyJson = onlyJson;
  }

  whole(value: unknown): unknown {
    try {
      return this.value(value);
    } catch (error) {
      // Whoever called may have left little of the stack.
      if (error instanceof RangeError) throw this.#refused('is nested too deeply');
      throw error;
    }
  }

  value(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value)
          ? value
          : this.#beyond(String(value), mark('number', { value: String(value) }));
      case 'bigint':
        return this.#beyond('a BigInt', mark('bigint', { value: String(value) }));
      case 'undefined':
        return this.#beyond('undefined', mark('undefined', {}));
      case 'object':
        return value === null ? null : this.#object(value);
      case 'function':
      case 'symbol':
        throw this.#refused(`is a ${typeof value}, which cannot be stored; leave it out`);
    }
  }

  #object(value: object): unknown {
    if (this.#around.has(value))
      throw this.#refused('refers back to what it is part of; store an id instead');
    const limit = this.#onlyJson ? MAX_JSON_DEPTH : MAX_DEPTH;
    if (this.#path.length > limit) throw this.#refused(`is nested deeper than ${limit} levels`);
    this.#around.add(value);
    // Few calls lie between a value and its parts, so that the stack bears what is nested deeply.
    const json = this.#isList(value)
      ? this.#list(value)
      : this.#isPlain(value)
        ? this.#escaped(this.#fields(value))
        : this.#kinds(value);
    this.#around.delete(value);
    return json;
  }

  #isPlain(value: object): boolean {
    return this.#try(() => {
      const prototype: unknown = Object.getPrototypeOf(value);
      return (prototype === Object.prototype || prototype === null) && !('toJSON' in value);
    });
  }

  #kinds(value: object): unknown {
    if (types.isPromise(value)) throw this.#refused('is a Promise; await it before it is returned');
    if (
      types.isWeakMap(value) ||
      types.isWeakSet(value) ||
      types.isDataView(value) ||
      types.isGeneratorObject(value)
    ) {
      throw this.#refused(
        `is a ${Object.prototype.toString.call(value).slice(8, -1)}, which cannot be stored`,
      );
    }
    if (types.isDate(value)) return this.#date(value);
    if (types.isMap(value)) return this.#beyond('a Map', constructed('Map', [this.#list([...value])]));
    if (types.isSet(value)) return this.#beyond('a Set', constructed('Set', [this.#list([...value])]));
    if (types.isRegExp(value)) {
      return this.#beyond('a RegExp', constructed('RegExp', [value.source, value.flags]));
    }
    if (types.isUint8Array(value)) {
      return this.#beyond('bytes', constructed('Uint8Array', [[...value]], 'from'));
    }
    if (types.isBoxedPrimitive(value)) return this.value(value.valueOf());
    const packed = packedNumbers(value);
    if (packed !== undefined) return this.#beyond('an array of numbers of one size', packed);
    if (this.#isSnapshot(value)) return mark('delta_snapshot', { value: this.#at('value', value.value) });
    const own = this.#ownForm(value);
    if (own !== undefined) return own;
    if (!types.isNativeError(value)) return this.#escaped(this.#fields(value));
    return this.#beyond('an Error', constructed('Error', [value.message]));
  }

  #date(value: Date): unknown {
    const text = Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (this.#onlyJson && text !== null) return text;
    return this.#beyond('a date that is none', mark('date', { value: text }));
  }

  #beyond(what: string, record: unknown): unknown {
    if (this.#onlyJson) throw this.#refused(`is ${what}, which is no JSON; store it as text or as a number`);
    return record;
  }

  #isSnapshot(value: object): value is DeltaSnapshot {
    return this.#try(() => isSnapshot(value));
  }

  /** Of objects that say themselves how they are written. */
  #ownForm(value: object): unknown {
    if (this.#onlyJson) return this.#jsonForm(value);
    const raw = this.#try(() => messageFields(value));
    const fields = raw === undefined ? undefined : this.#fields(raw);
    const record = this.#try(() => lcRecord(value));
    if (record !== undefined) {
      if (record.type !== 'constructor') {
        throw this.#refused(
          `is a ${record.id.at(-1)}, which LangChain cannot write; store what it is made from`,
        );
      }
      this.records.push({ path: [...this.#path], record });
      const kwargs = raw && fields && renamed(fields, Object.keys(raw), Object.keys(record.kwargs));
      return Object.assign(record, { kwargs: kwargs ?? this.#fields(record.kwargs) });
    }
    return this.#jsonForm(value);
  }

  #jsonForm(value: object): unknown {
    if (!this.#try(() => 'toJSON' in value && typeof value.toJSON === 'function')) return undefined;
    const form = this.#try(() => (value as { toJSON(): unknown }).toJSON(), 'toJSON() threw');
    if (form === value) return this.#escaped(this.#fields(value));
    // LangGraph reads a Send back by its node and its arguments.
    if (isSend(value) && isSend(form)) {
      const { lg_name: _, timeout, ...send } = form;
      return this.value(timeout === undefined ? send : { ...send, timeout });
    }
    return this.value(form);
  }

  /** What looks like a record of ours or of LangChain's, and is none, must not be taken for one when it is read. */
  #escaped(fields: object): object {
    if (this.#onlyJson) return fields;
    const special = Object.hasOwn(fields, 'lc') || Object.hasOwn(fields, '__lc_escaped__');
    return special ? mark('object', { value: fields }) : fields;
  }

  /** Of a proxy that was revoked not even that can be told. */
  #isList(value: object): value is unknown[] {
    return this.#try(() => Array.isArray(value));
  }

  #list(value: unknown[]): unknown[] {
    const list: unknown[] = [];
    for (let i = 0; i < value.length; i += 1) {
      this.#path.push(i);
      list.push(this.value(this.#part(value, i)));
      this.#path.pop();
    }
    return list;
  }

  #part(holder: object, key: string | number): unknown {
    return this.#try(() => Reflect.get(holder, key) as unknown);
  }

  /** Functions and symbols among them are left out, as JSON does: methods, and marks of libraries. */
  #fields(value: object): object {
    const entries: [string, unknown][] = [];
    for (const key of this.#try(() => Object.keys(value))) {
      this.#path.push(key);
      const part = this.#part(value, key);
      if (!this.#isLeftOut(part)) entries.push([key, this.value(part)]);
      this.#path.pop();
    }
    // Unlike an assignment it keeps the key `__proto__` as any other.
    return Object.fromEntries(entries);
  }

  #isLeftOut(part: unknown): boolean {
    return typeof part === 'function' || typeof part === 'symbol' || (this.#onlyJson && part === undefined);
  }

  #at(step: string | number, value: unknown): unknown {
    this.#path.push(step);
    const json = this.value(value);
    this.#path.pop();
    return json;
  }

  /** For what may run code of the value's own: getters, proxies, toJSON. */
  #try<T>(look: () => T, doing = 'could not be read'): T {
    try {
      return look();
    } catch (error) {
      throw this.#refused(`${doing}: ${reasonOf(error)}`);
    }
  }

  #refused(what: string): NotSerializable {
    return new NotSerializable([...this.#path], what);
  }
}

/** LangChain names some fields differently in its records, and keeps their order. */
function renamed(fields: object, from: string[], to: string[]): object | undefined {
  if (from.length !== to.length) return undefined;
  return Object.fromEntries(
    Object.entries(fields).map(([key, item]) => [to[from.indexOf(key)] ?? key, item]),
  );
}

function isSend(value: unknown): value is { lg_name: 'Send'; timeout?: unknown } {
  return typeof value === 'object' && value !== null && 'lg_name' in value && value.lg_name === 'Send';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : typeof error;
}
