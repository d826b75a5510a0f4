/** proto3-JSON to messages, strict: an unknown field or a wrong type is INVALID_ARGUMENT, as at Google's border. */
import { invalid } from '../../engine/status.ts';
import { isRecord } from '../is-record.ts';
import type { Kind, Message, Scalar } from './kinds.ts';
import { parseTimestamp } from './timestamp.ts';

/** Deeper than any valid document (20 levels of maps, three JSON levels each) or filter. */
const MAX_DEPTH = 120;

/**
 * `T` must be what the schema describes; nothing checks that.
 * @throws StatusError INVALID_ARGUMENT
 */
export function messageFromJson<T>(schema: Message, json: unknown): T {
  return readMessage(schema, json, '', 0) as T;
}

function readMessage(schema: Message, json: unknown, at: string, depth: number): Record<string, unknown> {
  if (!isRecord(json)) throw wrong(at, 'an object');
  if (depth > MAX_DEPTH) throw invalid(`Invalid JSON payload received. ${at} is nested too deep.`);
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(json)) {
    const name = Object.hasOwn(schema, key) ? key : camelCase(key);
    const kind = Object.hasOwn(schema, name) ? schema[name] : undefined;
    if (kind === undefined) {
      throw invalid(`Invalid JSON payload received. Unknown name "${key}"${at === '' ? '' : ` at '${at}'`}.`);
    }
    if (value === null && kind !== 'null') continue; // null is the default
    entries.push([name, read(kind, value, at === '' ? name : `${at}.${name}`, depth + 1)]);
  }
  return Object.fromEntries(entries);
}

function read(kind: Kind, json: unknown, at: string, depth: number): unknown {
  if (typeof json === 'string') wellFormed(json, at);
  if (typeof kind === 'string') return SCALARS[kind](json) ?? refuse(at, kind);
  switch (kind.kind) {
    case 'message':
      return readMessage(kind.fields(), json, at, depth);
    case 'list':
      if (!Array.isArray(json)) throw wrong(at, 'a list');
      return json.map((item, i) => read(kind.of, item, `${at}[${String(i)}]`, depth));
    case 'map':
      if (!isRecord(json)) throw wrong(at, 'an object');
      return Object.fromEntries(
        Object.entries(json).map(([key, value]) => [
          wellFormed(key, at),
          read(kind.of, value, `${at}.${key}`, depth),
        ]),
      );
    case 'enum': {
      const name = typeof json === 'number' ? kind.names[json] : json;
      return typeof name === 'string' && name !== '' && kind.names.includes(name)
        ? name
        : refuse(at, 'a known name');
    }
  }
}

/** An escape such as \ud800 can write half a character, which UTF-8 has not and no message can hold. */
function wellFormed(text: string, at: string): string {
  if (!text.isWellFormed()) throw wrong(at, 'well-formed Unicode text');
  return text;
}

/** Each returns undefined for what it does not accept. */
const SCALARS: Readonly<Record<Scalar, (json: unknown) => unknown>> = {
  string: (json) => (typeof json === 'string' ? json : undefined),
  bool: (json) => (typeof json === 'boolean' ? json : undefined),
  int32: (json) => {
    const value = number(json);
    return value !== undefined && (value | 0) === value ? value : undefined;
  },
  int64,
  double: number,
  bytes: (json) =>
    typeof json === 'string' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(json)
      ? new Uint8Array(Buffer.from(json, 'base64'))
      : undefined,
  timestamp: (json) => {
    if (typeof json === 'string') return parseTimestamp(json);
    return isRecord(json)
      ? { seconds: int64(json['seconds'] ?? 0), nanos: number(json['nanos'] ?? 0) }
      : undefined;
  },
  null: (json) => (json === null || json === 'NULL_VALUE' || json === 0 ? 'NULL_VALUE' : undefined),
  Int32Value: (json) => wrapped(SCALARS.int32(unwrap(json))),
  Int64Value: (json) => wrapped(int64(unwrap(json))),
  DoubleValue: (json) => wrapped(number(unwrap(json))),
  duration: () => undefined,
  struct: () => undefined,
};

/** The web SDK sends some wrappers as `{ value }`. */
const unwrap = (json: unknown): unknown => (isRecord(json) ? (json['value'] ?? 0) : json);
const wrapped = (value: unknown): unknown => (value === undefined ? undefined : { value });

function number(json: unknown): number | undefined {
  if (typeof json === 'number') return json;
  if (typeof json !== 'string' || !/^(?:NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(json)) {
    return undefined;
  }
  return Number(json);
}

function int64(json: unknown): string | undefined {
  if (typeof json === 'number' && Number.isInteger(json)) return BigInt(json).toString();
  if (typeof json !== 'string' || !/^-?\d{1,19}$/.test(json)) return undefined;
  const value = BigInt(json);
  return BigInt.asIntN(64, value) === value ? value.toString() : undefined;
}

const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const wrong = (at: string, expected: string): Error =>
  invalid(`Invalid JSON payload received. Expected ${expected}${at === '' ? '' : ` at '${at}'`}.`);

function refuse(at: string, expected: string): never {
  throw wrong(at, expected);
}
