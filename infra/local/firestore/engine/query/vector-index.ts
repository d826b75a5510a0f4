/** Production searches for nearest neighbours only where a vector index was declared for just that search. */
import type { VectorIndex } from '../index/config.ts';
import { formatFieldPath, parseFieldPath } from '../path/field-path.ts';
import { StatusError } from '../status.ts';
import { isVector, vectorElements } from '../value/vector.ts';
import type { Value } from '../values.ts';
import type { Conjunction } from './disjuncts.ts';
import { NAME } from './normalized.ts';
import type { NormalizedQuery } from './normalized.ts';

/** @throws StatusError FAILED_PRECONDITION when there is none */
export function requireVectorIndex(
  declared: readonly VectorIndex[],
  { nearest, collectionId = '', allDescendants, database }: NormalizedQuery,
  disjuncts: readonly Conjunction[],
): void {
  const scope = allDescendants ? 'COLLECTION_GROUP' : 'COLLECTION';
  const path = formatFieldPath(parseFieldPath(nearest?.vectorField?.fieldPath));
  const dimension = dimensionOf(nearest?.queryVector);
  const candidates = declared.filter(
    (index) =>
      index.collectionId === collectionId &&
      index.scope === scope &&
      index.path === path &&
      index.dimension === dimension,
  );
  for (const filters of disjuncts.map(filteredFields)) {
    if (candidates.some((index) => isSame(filters, index.filters))) continue;
    const fields = filters.map((field) => ` --field-config=order=ASCENDING,field-path=${field}`).join('');
    throw new StatusError(
      'FAILED_PRECONDITION',
      'Missing vector index configuration. Please create the required index with the following gcloud command: ' +
        `gcloud firestore indexes composite create --project=${database.split('/')[1] ?? ''} ` +
        `--collection-group=${collectionId} --query-scope=${scope}${fields} ` +
        `--field-config=vector-config='{"dimension":"${String(dimension)}","flat": "{}"}',field-path=${path}`,
    );
  }
}

const filteredFields = (conjunction: Conjunction): string[] => [
  ...new Set(conjunction.map(({ field }) => field).filter((field) => field !== NAME)),
];

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((field) => b.includes(field));

function dimensionOf(value: Value | undefined): number {
  const fields = value && 'mapValue' in value ? (value.mapValue.fields ?? {}) : {};
  return isVector(fields) ? vectorElements(fields).length : 0;
}
