/** All index entries of a document. */
import { fieldAt } from '../value/fields.ts';
import { formatFieldPath, parseFieldPath } from '../path/field-path.ts';
import type { Location } from '../store/document.ts';
import { inverted } from '../value/bytes.ts';
import { indexKey } from '../value/index-key.ts';
import { isVector } from '../value/vector.ts';
import type { Fields, Value } from '../values.ts';
import type { GroupIndexes, KeptComposite } from './catalog.ts';
import type { FieldIndexing, Scope } from './config.ts';
import { automaticPrefix, collectionKey, compositePrefix } from './keys.ts';

interface Target {
  readonly indexes: GroupIndexes;
  readonly collection: Buffer;
  readonly id: Buffer;
  readonly path: Buffer;
}

const SCOPES: readonly Scope[] = ['COLLECTION', 'COLLECTION_GROUP'];
const nameIn = (target: Target, scope: Scope): Buffer => (scope === 'COLLECTION' ? target.id : target.path);

export function* entriesOf(indexes: GroupIndexes, at: Location, fields: Fields): Generator<Buffer> {
  const collection = collectionKey(at.segments.slice(0, -1));
  const target = { indexes, collection, id: at.key.subarray(collection.length), path: at.key };
  yield* automatic(target, fields, []);
  for (const index of indexes.composites) yield* compositeEntries(target, fields, index);
}

function* automatic(target: Target, fields: Fields, outer: readonly string[]): Generator<Buffer> {
  for (const [name, value] of Object.entries(fields)) {
    const path = [...outer, name];
    const field = formatFieldPath(path);
    const indexing = target.indexes.indexingOf(path);
    yield* fieldEntries(target, field, value, indexing);
    if ('mapValue' in value && !isVector(value.mapValue.fields ?? {})) {
      yield* automatic(target, value.mapValue.fields ?? {}, path);
    }
  }
}

function* fieldEntries(
  target: Target,
  field: string,
  value: Value,
  indexing: FieldIndexing,
): Generator<Buffer> {
  const group = target.indexes.group.id;
  for (const scope of SCOPES) {
    const name = nameIn(target, scope);
    if (indexing.ordered.has(`${scope}/ASCENDING`) || indexing.ordered.has(`${scope}/DESCENDING`)) {
      yield Buffer.concat([
        automaticPrefix(group, scope, false, target.collection, field),
        indexKey(value),
        name,
      ]);
    }
    if ('arrayValue' in value && indexing.contains.has(scope)) {
      const prefix = automaticPrefix(group, scope, true, target.collection, field);
      for (const element of elementKeys(value)) yield Buffer.concat([prefix, element, name]);
    }
  }
}

/** Exported for building a new index over existing documents. */
export function* entriesOfComposite(
  indexes: GroupIndexes,
  at: Location,
  fields: Fields,
  index: KeptComposite,
): Generator<Buffer> {
  const collection = collectionKey(at.segments.slice(0, -1));
  yield* compositeEntries(
    { indexes, collection, id: at.key.subarray(collection.length), path: at.key },
    fields,
    index,
  );
}

function* compositeEntries(target: Target, fields: Fields, index: KeptComposite): Generator<Buffer> {
  let keys: Buffer[] = [compositePrefix(index.id, index.scope, target.collection)];
  for (const { path, mode } of index.fields) {
    const value = fieldAt(fields, parseFieldPath(path));
    if (value === undefined) return;
    const added = mode === 'CONTAINS' ? elementKeys(value) : [indexKey(value, mode === 'DESCENDING')];
    keys = keys.flatMap((key) => added.map((part) => Buffer.concat([key, part])));
  }
  const name = nameIn(target, index.scope);
  const tail = index.nameOrder === 'DESCENDING' ? inverted(name) : name;
  for (const key of keys) yield Buffer.concat([key, tail]);
}

function elementKeys(value: Value): Buffer[] {
  if (!('arrayValue' in value)) return [];
  const keys = new Map<string, Buffer>();
  for (const element of value.arrayValue.values ?? []) {
    const key = indexKey(element);
    keys.set(key.toString('latin1'), key);
  }
  return [...keys.values()];
}
