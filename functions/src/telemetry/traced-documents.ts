import type { Documents } from '../ports/documents.ts';
import { asChild } from './as-child.ts';

/** Reads and commits, each a span of the request or the attempt that waits for it. Listening is none: it never ends. */
export function tracedDocuments(documents: Documents): Documents {
  return {
    ...documents,
    get: async (paths) =>
      paths.length === 0
        ? []
        : asChild('storage', 'read', { documents: paths.length }, () => documents.get(paths)),
    query: (query) =>
      asChild('storage', 'query', { collection: lastOf(query.collection) }, () => documents.query(query)),
    count: (query) =>
      asChild('storage', 'count', { collection: lastOf(query.collection) }, () => documents.count(query)),
    sum: (query, field) =>
      asChild('storage', 'sum', { collection: lastOf(query.collection) }, () => documents.sum(query, field)),
    commit: (writes) =>
      asChild('storage', 'commit', { writes: writes.length }, () => documents.commit(writes)),
  };
}

/** The collection's own name: the path above it names people and their runs. */
const lastOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
