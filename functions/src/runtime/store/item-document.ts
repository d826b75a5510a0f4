import { hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { isObject, LongrunError, type JsonObject } from '@longrun/shared';
import type { DocumentWrite, Fields, StoredDocument } from '../../ports/documents.ts';
import { encodeAsJson } from '../serde/encode.ts';
import { NotSerializable } from '../serde/not-serializable.ts';
import { documentId } from './address.ts';
import { invalid, MAX_VALUE_BYTES, tooLarge } from './limits.ts';

/**
 * How an item is kept, below `users/{uid}/store`:
 *
 *   {hash of the address}                 address, value as JSON text, times
 *   {hash of the address}!{digest}!{i}    pieces of a value that one document cannot hold, compressed
 *
 * Pieces are named by their content, so that a reader never mixes two versions; they have no `address`, so no
 * query for items meets them; and they carry `expire_at` too, because Firestore's TTL takes no children along.
 */
export interface StoredItem {
  address: string;
  createdAt: Date;
  updatedAt: Date;
  /** From when on it is as good as deleted; null for never. */
  expireAt: Date | null;
  /** Milliseconds that it lives after each write, or null. */
  ttlMs: number | null;
  /** What of it text search looks at: all, nothing, or these paths. */
  index: string[] | false | null;
  /** The JSON text, unless it is in pieces. */
  json: string | null;
  /** Ids of the pieces' documents. */
  pieces: string[];
  version: string;
}

const INLINE_BYTES = 900_000; // with the other fields below Firestore's 1 MiB
const PIECE_BYTES = 900_000;

/** The value's JSON text. Throws `invalid_request` for what JSON cannot hold, `too_large`. */
export function encodeValue(value: unknown): string {
  if (!isObject(value)) throw invalid('The value of an item must be an object with string keys.');
  const json = textOf(value);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_VALUE_BYTES) {
    throw tooLarge(`The value holds ${bytes} bytes as JSON; an item may hold ${MAX_VALUE_BYTES}.`);
  }
  return json;
}

function textOf(value: JsonObject): string {
  const json = JSON.stringify(asJson(value));
  // A `toJSON` of its own can make anything of an object.
  if (json.startsWith('{')) return json;
  throw invalid('The value of an item must be an object as JSON too.');
}

function asJson(value: JsonObject): unknown {
  try {
    return encodeAsJson(value);
  } catch (error) {
    if (!(error instanceof NotSerializable)) throw error;
    throw invalid(`The value of an item must be JSON: ${error.message}.`);
  }
}

/** The item's fields, and its pieces when it needs some. `collection` is the path of the owner's store. */
export function itemFields(
  collection: string,
  item: Omit<StoredItem, 'version' | 'pieces'> & { json: string },
): { fields: Fields; pieces: DocumentWrite[] } {
  const { address, createdAt, updatedAt, expireAt, ttlMs, index, json } = item;
  const inline = Buffer.byteLength(json) <= INLINE_BYTES;
  const pieces = inline ? [] : split(documentId(address), json);
  const fields = {
    address,
    json: inline ? json : null,
    pieces: pieces.map(({ id }) => id),
    created_at: createdAt,
    updated_at: updatedAt,
    expire_at: expireAt,
    ttl_ms: ttlMs,
    index,
  };
  return {
    fields,
    pieces: pieces.map(({ id, data }) => ({
      op: 'set',
      path: `${collection}/${id}`,
      fields: { data, expire_at: expireAt },
    })),
  };
}

function split(id: string, json: string): { id: string; data: Uint8Array }[] {
  const data = new Uint8Array(deflateRawSync(json));
  const digest = hash('sha256', data, 'base64url').slice(0, 22);
  return Array.from({ length: Math.ceil(data.byteLength / PIECE_BYTES) }, (_, i) => ({
    id: `${id}!${digest}!${i}`,
    data: data.slice(i * PIECE_BYTES, (i + 1) * PIECE_BYTES),
  }));
}

/** The JSON text of pieces, in order. Undefined when one is missing: the item was replaced meanwhile. */
export function joinPieces(pieces: (StoredDocument | undefined)[]): string | undefined {
  const data = pieces.map((piece) => piece?.fields['data']);
  if (!data.every((bytes) => bytes instanceof Uint8Array)) return undefined;
  return inflateRawSync(Buffer.concat(data), { maxOutputLength: MAX_VALUE_BYTES }).toString('utf8');
}

/** Throws `internal` for a document that the store did not write. */
export function readItem({ path, fields, version }: StoredDocument): StoredItem {
  const { address, json, pieces, created_at, updated_at, expire_at, ttl_ms, index } = fields;
  if (
    typeof address !== 'string' ||
    !(created_at instanceof Date) ||
    !(updated_at instanceof Date) ||
    !Array.isArray(pieces)
  ) {
    throw new LongrunError('internal', `${path} is no item of a store.`);
  }
  return {
    address,
    createdAt: created_at,
    updatedAt: updated_at,
    expireAt: expire_at instanceof Date ? expire_at : null,
    ttlMs: typeof ttl_ms === 'number' ? ttl_ms : null,
    index: Array.isArray(index) ? index.map(String) : index === false ? false : null,
    json: typeof json === 'string' ? json : null,
    pieces: pieces.map(String),
    version,
  };
}

export function isExpired({ expireAt }: Pick<StoredItem, 'expireAt'>, now: number): boolean {
  return expireAt !== null && expireAt.getTime() <= now;
}
