import { FieldPath, type Firestore, type Query } from '@google-cloud/firestore';
import type { DocumentQuery } from '../../ports/documents.ts';
import { outgoing } from './convert.ts';

export function toQuery(db: Firestore, query: DocumentQuery): Query {
  let built: Query =
    query.group === true ? db.collectionGroup(query.collection) : db.collection(query.collection);
  for (const { field, op, value } of query.where ?? [])
    built = built.where(toPath(field), op, outgoing(value));
  for (const { field, direction } of query.orderBy ?? []) built = built.orderBy(toPath(field), direction);
  if (query.startAfter !== undefined) built = built.startAfter(...query.startAfter.map(outgoing));
  if (query.limit !== undefined) built = built.limit(query.limit);
  if (query.select !== undefined) built = built.select(...query.select.map((name) => new FieldPath(name)));
  return built;
}

function toPath(field: string): FieldPath {
  return field === '__name__' ? FieldPath.documentId() : new FieldPath(...field.split('.'));
}
