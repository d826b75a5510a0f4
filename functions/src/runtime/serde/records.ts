import { DeltaSnapshot, isDeltaSnapshot } from '@langchain/langgraph-checkpoint';
import { types } from 'node:util';
import type { LcRecord } from './lang-chain.ts';

/**
 * How values that JSON has no word for stand in the text: `{ lc: 2, type, ... }`. Those of type `undefined`,
 * `constructor` and `delta_snapshot` are LangGraph's own; the others are ours, and LangGraph's serializer leaves
 * them as they are.
 */
export const mark = (type: string, fields: Record<string, unknown>) => ({ lc: 2, type, ...fields });
export const constructed = (name: string, args: unknown[], method: string | null = null) =>
  mark('constructor', { id: [name], method, args, kwargs: {} });

/** LangGraph knows it by its field `lg_name`; somebody's JSON with such a field is none. */
export function isSnapshot(value: unknown): value is DeltaSnapshot {
  return isDeltaSnapshot(value) && Object.getPrototypeOf(value) !== Object.prototype;
}

const ARRAYS = {
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};

/** Numbers in a row as base64; undefined for what is none, and for bytes, which LangGraph has a form of its own for. */
export function packedNumbers(value: object): unknown {
  if (types.isAnyArrayBuffer(value)) return numbers('ArrayBuffer', new Uint8Array(value));
  if (!types.isTypedArray(value)) return undefined;
  const { buffer, byteOffset, byteLength } = value;
  const name = value[Symbol.toStringTag];
  return Object.hasOwn(ARRAYS, name)
    ? numbers(name, new Uint8Array(buffer, byteOffset, byteLength))
    : undefined;
}

const numbers = (name: string, bytes: Uint8Array) =>
  mark('numbers', { name, value: Buffer.from(bytes).toString('base64') });

/** What the record stands for; undefined when it is none that we know, which then stays as it is. */
export function unmark(record: Record<string, unknown>): { value: unknown } | undefined {
  const { value } = record;
  switch (record['type']) {
    case 'undefined':
      return { value: undefined };
    case 'delta_snapshot':
      return 'value' in record ? { value: new DeltaSnapshot(value) } : undefined;
    case 'bigint':
      return typeof value === 'string' && /^-?\d+$/.test(value) ? { value: BigInt(value) } : undefined;
    case 'number':
      return { value: Number(value) };
    case 'date':
      return { value: new Date(typeof value === 'string' ? value : Number.NaN) };
    case 'numbers':
      return unpackedNumbers(record['name'], value);
    case 'constructor':
      return reconstructed(record);
    default:
      return undefined;
  }
}

function unpackedNumbers(name: unknown, text: unknown): { value: unknown } | undefined {
  if (typeof name !== 'string' || typeof text !== 'string') return undefined;
  // A buffer of its own: one that Node shares among many may begin at any byte.
  const { buffer } = new Uint8Array(Buffer.from(text, 'base64'));
  if (name === 'ArrayBuffer') return { value: buffer };
  const found = Object.entries(ARRAYS).find(([known]) => known === name);
  return found === undefined ? undefined : { value: new found[1](buffer) };
}

function reconstructed({ id, args }: Record<string, unknown>): { value: unknown } | undefined {
  if (!Array.isArray(id) || !Array.isArray(args)) return undefined;
  const [first, second]: unknown[] = args;
  switch (id[0]) {
    case 'Set':
      return Array.isArray(first) ? { value: new Set(first) } : undefined;
    case 'Map':
      return Array.isArray(first) && first.every((entry) => Array.isArray(entry) && entry.length === 2)
        ? { value: new Map(first as [unknown, unknown][]) }
        : undefined;
    case 'Uint8Array':
      return Array.isArray(first) ? { value: Uint8Array.from(first.map(Number)) } : undefined;
    case 'RegExp':
      return typeof first === 'string' && typeof second === 'string' ? expression(first, second) : undefined;
    case 'Error':
      return typeof first === 'string' ? { value: new Error(first) } : undefined;
    default:
      return undefined;
  }
}

function expression(source: string, flags: string): { value: unknown } | undefined {
  try {
    return { value: new RegExp(source, flags) };
  } catch {
    return undefined; // written by an engine that knows more
  }
}

export function isMarked(value: object, lc: number): value is Record<string, unknown> {
  return Object.hasOwn(value, 'lc') && Reflect.get(value, 'lc') === lc;
}

export function isLcRecord(value: object): value is LcRecord {
  if (!isMarked(value, 1)) return false;
  const { type, id, kwargs } = value;
  return type === 'constructor' && Array.isArray(id) && typeof kwargs === 'object' && kwargs !== null;
}
