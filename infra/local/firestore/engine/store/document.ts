/** A document as the engine holds it. Immutable: a change makes a new one. */
import { toTimestamp } from '../clock.ts';
import { documentKey } from '../path/path-key.ts';
import { parseDocumentName } from '../path/resource-name.ts';
import type { Document, Fields } from '../values.ts';

export interface StoredDocument {
  /** Row id; stable while the document exists. */
  readonly id: number;
  readonly name: string;
  readonly fields: Fields;
  /** Microseconds. */
  readonly created: number;
  readonly updated: number;
}

export interface Location {
  readonly name: string;
  readonly database: string;
  readonly segments: readonly string[];
  readonly collectionId: string;
  readonly key: Buffer;
}

/** @throws StatusError INVALID_ARGUMENT */
export function locate(name: string | undefined): Location {
  const { database, segments } = parseDocumentName(name);
  return {
    name: name ?? '',
    database,
    segments,
    collectionId: segments.at(-2) ?? '',
    key: documentKey(segments),
  };
}

export const toDocument = ({ name, fields, created, updated }: StoredDocument): Document => ({
  name,
  fields,
  createTime: toTimestamp(created),
  updateTime: toTimestamp(updated),
});
