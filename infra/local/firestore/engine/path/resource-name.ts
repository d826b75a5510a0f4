/** Resource names: `projects/P/databases/D/documents/collection/document/...`, validated as production does. */
import { invalid } from '../status.ts';

export interface ResourcePath {
  /** `projects/P/databases/D`. */
  readonly database: string;
  /** Below `documents`. */
  readonly segments: readonly string[];
}

const NAME = /^(projects\/[^/]+\/databases\/[^/]+)\/documents(?:\/(.*))?$/s;
const DATABASE = /^projects\/[^/]+\/databases\/[^/]+$/;
const MAX_SEGMENT_BYTES = 1500;
const MAX_SEGMENTS = 200; // 100 levels of subcollections

/** @throws StatusError INVALID_ARGUMENT */
export function parseDatabase(database: string | undefined): string {
  if (database === undefined || !DATABASE.test(database)) {
    throw invalid(`Invalid database name: ${JSON.stringify(database ?? '')}.`);
  }
  return database;
}

/** The root of a database (no segments), a document or a collection. @throws StatusError INVALID_ARGUMENT */
function parseName(name: string | undefined): ResourcePath {
  const [, database, rest] = NAME.exec(name ?? '') ?? [];
  if (database === undefined) throw invalid(`Invalid resource name: ${JSON.stringify(name ?? '')}.`);
  const segments = rest === undefined ? [] : rest.split('/');
  if (segments.length > MAX_SEGMENTS) throw invalid('The resource path is too deep.');
  for (const segment of segments) checkSegment(segment, name ?? '');
  return { database, segments };
}

export function parseDocumentName(name: string | undefined): ResourcePath {
  const path = parseName(name);
  if (path.segments.length === 0 || path.segments.length % 2 !== 0) {
    throw invalid(
      `Document name "${name ?? ''}" lacks "/" or is not a document: an even number of segments is needed.`,
    );
  }
  return path;
}

/** What a query or a listing hangs below: the root or a document. */
export function parseParent(name: string | undefined): ResourcePath {
  const path = parseName(name);
  if (path.segments.length % 2 !== 0) throw invalid(`"${name ?? ''}" is a collection, not a parent of one.`);
  return path;
}

/** @throws StatusError INVALID_ARGUMENT */
export function checkSegment(segment: string, where: string): void {
  if (segment === '') throw invalid(`"${where}" has an empty segment.`);
  if (segment === '.' || segment === '..')
    throw invalid(`Resource id "${segment}" is not allowed: "${where}".`);
  if (segment.startsWith('__') && segment.endsWith('__') && segment.length >= 4 && !isNumericId(segment)) {
    throw invalid(`Resource id "${segment}" is invalid because it is reserved.`);
  }
  if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES)
    throw invalid('A resource id is longer than 1500 bytes.');
}

const NUMERIC_ID = /^__id(-?\d{1,19})__$/;

/** Ids of the form `__id7__` stand for whole numbers; they sort before other ids, by value. */
export function numericId(segment: string): bigint | undefined {
  const digits = NUMERIC_ID.exec(segment)?.[1];
  if (digits === undefined) return undefined;
  const value = BigInt(digits);
  return BigInt.asIntN(64, value) === value && String(value) === digits ? value : undefined;
}
const isNumericId = (segment: string): boolean => numericId(segment) !== undefined;

export const formatName = ({ database, segments }: ResourcePath): string =>
  [database, 'documents', ...segments].join('/');

/** `users/{}/runs`: the collection with ids replaced. An empty id leaves no trace. */
export const collectionPattern = (segments: readonly string[]): string =>
  segments
    .map((segment, i) => (i % 2 === 0 ? segment : segment && '{}'))
    .filter((segment) => segment !== '')
    .join('/');
