import { type DocumentData, type DocumentSnapshot, Timestamp } from '@google-cloud/firestore';
import type { Fields, StoredDocument, Value } from '../../ports/documents.ts';

/** The client takes a Date as it is, but bytes only as a Buffer, and would keep a view of the caller's memory. */
export function toFirestore(fields: Fields): DocumentData {
  return mapValues(fields, outgoing);
}

/** undefined when the document does not exist. */
export function toStored(snapshot: DocumentSnapshot): StoredDocument | undefined {
  const data = snapshot.data();
  const updated = snapshot.updateTime;
  if (data === undefined || updated === undefined) return undefined;
  return { path: snapshot.ref.path, fields: mapValues(data, incoming), version: toVersion(updated) };
}

/** All nine digits of the nanoseconds: milliseconds would take two quick updates for one. */
export function toVersion(time: Timestamp): string {
  return `${time.seconds}.${String(time.nanoseconds).padStart(9, '0')}`;
}

export function fromVersion(version: string): Timestamp {
  const match = /^(-?\d+)\.(\d{9})$/.exec(version);
  if (match === null) throw new TypeError(`${version} is no version of a Firestore document.`);
  return new Timestamp(Number(match[1]), Number(match[2]));
}

/** One value as a query takes it. */
export function outgoing(value: Value): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Timestamp.fromDate(value);
  if (value instanceof Uint8Array) return Buffer.from(value);
  return Array.isArray(value) ? value.map(outgoing) : mapValues(value, outgoing);
}

function incoming(value: unknown): Value {
  if (
    value === null ||
    typeof value === 'boolean' ||
    typeof value === 'number' ||
    typeof value === 'string'
  ) {
    return value;
  }
  if (value instanceof Timestamp) return value.toDate();
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(incoming);
  const plain = typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
  if (!plain) throw new TypeError('The document holds a value that Longrun does not write.');
  return mapValues<unknown>({ ...value }, incoming);
}

function mapValues<T>(map: { [key: string]: T }, change: (value: T) => Value): Fields;
function mapValues<T>(map: { [key: string]: T }, change: (value: T) => unknown): DocumentData;
function mapValues<T>(map: { [key: string]: T }, change: (value: T) => unknown): DocumentData {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
