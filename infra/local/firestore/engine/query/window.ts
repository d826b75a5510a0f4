import type { StoredDocument } from '../store/document.ts';
import { execute } from './execute.ts';
import type { Reading, Result } from './execute.ts';
import type { NormalizedQuery } from './normalized.ts';

/** Offset and limit applied. */
export function* windowed(results: Iterable<Result>, query: NormalizedQuery): Generator<Result> {
  const end = query.limit === undefined ? Infinity : query.offset + query.limit;
  let at = 0;
  if (end <= 0) return;
  for (const result of results) {
    if (at >= query.offset) yield result;
    at += 1;
    if (at >= end) return;
  }
}

export const windowOf = (reading: Reading, query: NormalizedQuery): StoredDocument[] =>
  [...windowed(execute(reading, query), query)].map((result) => result.document());
