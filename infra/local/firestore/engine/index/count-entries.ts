/** How many index entries production would keep for a document: https://firebase.google.com/docs/firestore/query-data/index-overview */
import { parseFieldPath } from '../path/field-path.ts';
import { invalid } from '../status.ts';
import { fieldAt } from '../value/fields.ts';
import { isVector } from '../value/vector.ts';
import type { Fields, Value } from '../values.ts';
import type { GroupIndexes } from './catalog.ts';

const MAX_ENTRIES = 40_000;
/** A document with fewer values than this cannot reach the limit with the 200 composite indexes that a database may have. */
const FEW_VALUES = 100;

/** @throws StatusError INVALID_ARGUMENT when the document would have more than 40,000 index entries */
export function checkEntryCount(fields: Fields, indexesOf: () => GroupIndexes): void {
  if (valueCount(fields) < FEW_VALUES) return;
  if (countEntries(indexesOf(), fields) > MAX_ENTRIES) {
    throw invalid(`Too many indexed entries for document: the limit is ${String(MAX_ENTRIES)}.`);
  }
}

function valueCount(fields: Fields): number {
  let count = 0;
  for (const value of Object.values(fields)) {
    count += 1 + elementsOf(value).length;
    if ('mapValue' in value) count += valueCount(value.mapValue.fields ?? {});
  }
  return count;
}

function countEntries(indexes: GroupIndexes, fields: Fields): number {
  let count = automatic(indexes, fields, []);
  for (const { fields: indexed } of indexes.composites) {
    const values = indexed.map(({ path, mode }) => ({ mode, value: fieldAt(fields, parseFieldPath(path)) }));
    if (values.some(({ value }) => value === undefined)) continue;
    count += values.reduce(
      (product, { mode, value }) => product * (mode === 'CONTAINS' && value ? elementsOf(value).length : 1),
      1,
    );
  }
  return count;
}

function automatic(indexes: GroupIndexes, fields: Fields, outer: readonly string[]): number {
  let count = 0;
  for (const [name, value] of Object.entries(fields)) {
    const path = [...outer, name];
    const { ordered, contains } = indexes.indexingOf(path);
    count += ordered.size + contains.size * elementsOf(value).length;
    if ('mapValue' in value && !isVector(value.mapValue.fields ?? {})) {
      count += automatic(indexes, value.mapValue.fields ?? {}, path);
    }
  }
  return count;
}

const elementsOf = (value: Value): readonly Value[] =>
  'arrayValue' in value ? (value.arrayValue.values ?? []) : [];
