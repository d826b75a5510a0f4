/** Messages to proto3-JSON. Absent fields stay absent; keys that the schema does not know are dropped. */
import type { Timestamp } from '../../engine/types.ts';
import { isRecord } from '../is-record.ts';
import type { Kind, Message } from './kinds.ts';
import { formatDuration, formatTimestamp } from './timestamp.ts';

export function messageToJson(schema: Message, message: object): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (const [name, value] of Object.entries(message)) {
    const kind = Object.hasOwn(schema, name) ? schema[name] : undefined;
    if (kind !== undefined && value !== undefined && value !== null) entries.push([name, write(kind, value)]);
  }
  return Object.fromEntries(entries);
}

function write(kind: Kind, value: unknown): unknown {
  if (kind === 'timestamp') return isTimestamp(value) ? formatTimestamp(value) : undefined;
  if (kind === 'bytes') return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
  if (kind === 'null') return null;
  if (kind === 'duration') return isTimestamp(value) ? formatDuration(value) : undefined;
  if (kind === 'struct') return struct(value);
  if (kind === 'double') return typeof value === 'number' ? double(value) : value;
  if (kind === 'Int32Value' || kind === 'Int64Value' || kind === 'DoubleValue') {
    return isRecord(value) ? value['value'] : value;
  }
  if (typeof kind === 'string' || kind.kind === 'enum') return value;
  if (kind.kind === 'list') return Array.isArray(value) ? value.map((item) => write(kind.of, item)) : [];
  if (!isRecord(value)) return {};
  if (kind.kind === 'message') return messageToJson(kind.fields(), value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, write(kind.of, inner)]));
}

/** `{ fields: { a: { stringValue } } }` as `{ a }`: texts and structs only, for this server sends no others. */
function struct(value: unknown): unknown {
  const fields = isRecord(value) && isRecord(value['fields']) ? value['fields'] : {};
  return Object.fromEntries(
    Object.entries(fields).map(([name, inner]) => {
      if (!isRecord(inner)) return [name, null];
      return [name, 'structValue' in inner ? struct(inner['structValue']) : inner['stringValue']];
    }),
  );
}

/** JSON has no such numbers, so they travel as text. */
function double(value: number): number | string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}

const isTimestamp = (value: unknown): value is Timestamp => isRecord(value);
