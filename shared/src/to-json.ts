import { MAX_JSON_DEPTH, type Json } from './json.ts';

/** Values that are shown of one, and characters of their texts: a list may share its parts a million times. */
const MAX_VALUES = 1_000_000;
const MAX_CHARS = 64 * 1_048_576;

const CYCLE = '[refers back to what it is part of]';
const TOO_DEEP = '[nested too deeply]';
const TOO_MUCH = '[too much to show]';

/**
 * Turns what a graph produced into plain JSON that can be shown, sent and stored: class instances by their `toJSON`,
 * bigint by its text, text well formed, functions left out. Never throws: what cannot be read, refers back to itself,
 * or is too deep or too much has a note in its place. `formOf` may know a better form of an object, or undefined.
 */
export function toJson(value: unknown, formOf: FormOf = () => undefined): Json {
  return new Reader(formOf).read(value, 0) ?? null;
}

type FormOf = (value: object) => object | undefined;

class Reader {
  readonly #formOf: FormOf;
  /** The objects that the present one lies in. */
  readonly #around = new Set<object>();
  #values = 0;
  #chars = 0;

  constructor(formOf: FormOf) {
    this.#formOf = formOf;
  }

  read(value: unknown, depth: number): Json | undefined {
    this.#values += 1;
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) ? value : null;
      case 'bigint':
        return value.toString();
      case 'object':
        return value === null ? null : this.#object(value, depth);
      default:
        return undefined;
    }
  }

  #text(text: string): string {
    this.#chars += text.length;
    return this.#chars > MAX_CHARS ? TOO_MUCH : text.toWellFormed();
  }

  #object(value: object, depth: number): Json {
    if (this.#around.has(value)) return CYCLE;
    if (depth > MAX_JSON_DEPTH) return TOO_DEEP;
    if (this.#isFull()) return TOO_MUCH;
    this.#around.add(value);
    try {
      return this.#kinds(value, depth);
    } catch (error) {
      return unreadable(error);
    } finally {
      this.#around.delete(value);
    }
  }

  #kinds(value: object, depth: number): Json {
    const form = this.#formOf(value);
    if (form !== undefined) return this.#fields(Object.keys(form), (key) => Reflect.get(form, key), depth);
    if ('toJSON' in value && typeof value.toJSON === 'function') {
      const plain: unknown = value.toJSON();
      if (plain !== value) return this.read(plain, depth + 1) ?? null;
    }
    if (Array.isArray(value)) return this.#list(value.length, (i) => value[i], depth);
    if (value instanceof Map) return this.#map(value, depth);
    if (value instanceof Set) return this.#list(value.size, nextOf(value), depth);
    if (value instanceof Error)
      return this.#fields(['name', 'message'], (key) => Reflect.get(value, key), depth);
    if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
    return this.#fields(Object.keys(value), (key) => Reflect.get(value, key), depth);
  }

  #list(length: number, at: (i: number) => unknown, depth: number): Json {
    const list: Json[] = [];
    for (let i = 0; i < length; i += 1) {
      if (this.#isFull()) {
        list.push(TOO_MUCH);
        break;
      }
      list.push(this.#part(() => at(i), depth) ?? null);
    }
    return list;
  }

  #map(map: Map<unknown, unknown>, depth: number): Json {
    const values = [...map.values()];
    const keys = [...map.keys()].map((key) =>
      typeof key === 'object' && key !== null ? '[object]' : String(key),
    );
    const at = new Map(keys.map((key, i) => [key, i]));
    return this.#fields([...at.keys()], (key) => values[at.get(key) ?? -1], depth);
  }

  #fields(keys: string[], at: (key: string) => unknown, depth: number): Json {
    const entries: [string, Json][] = [];
    for (const key of keys) {
      if (this.#isFull()) {
        entries.push(['…', TOO_MUCH]);
        break;
      }
      const part = this.#part(() => at(key), depth);
      if (part !== undefined) entries.push([this.#text(key), part]);
    }
    // Unlike an assignment it keeps the key `__proto__` as any other.
    return Object.fromEntries(entries);
  }

  #part(look: () => unknown, depth: number): Json | undefined {
    let value: unknown;
    try {
      value = look();
    } catch (error) {
      return unreadable(error);
    }
    return this.read(value, depth + 1);
  }

  #isFull(): boolean {
    return this.#values > MAX_VALUES || this.#chars > MAX_CHARS;
  }
}

function nextOf(set: Set<unknown>): () => unknown {
  const values = set.values();
  return () => values.next().value;
}

const MAX_REASON = 200; // characters

/** What was thrown need not be tame either. */
function unreadable(error: unknown): string {
  try {
    const said = error instanceof Error ? error.message : String(error);
    return `[could not be read: ${said.slice(0, MAX_REASON).toWellFormed()}]`;
  } catch {
    return '[could not be read]';
  }
}
