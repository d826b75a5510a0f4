import type { Fields, Value } from '../../ports/documents.ts';

export const MAX_DOCUMENT_BYTES = 1_048_576; // Firestore's limit for one document
export const MAX_COMMIT_BYTES = 10 * 1_048_576; // Firestore's limit for one request

/** Stored size: https://firebase.google.com/docs/firestore/storage-size */
export function documentSize(path: string, fields: Fields): number {
  const name = path.split('/').reduce((sum, id) => sum + stringSize(id), 16);
  return name + valueSize(fields) + 32;
}

function valueSize(value: Value): number {
  if (value === null || typeof value === 'boolean') return 1;
  if (typeof value === 'number' || value instanceof Date) return 8;
  if (typeof value === 'string') return stringSize(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value)) return value.reduce<number>((sum, element) => sum + valueSize(element), 0);
  return Object.entries(value).reduce((sum, [name, inner]) => sum + stringSize(name) + valueSize(inner), 0);
}

function stringSize(text: string): number {
  return Buffer.byteLength(text) + 1;
}
