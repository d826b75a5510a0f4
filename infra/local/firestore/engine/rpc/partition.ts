import type { Core } from '../core.ts';
import { execute } from '../query/execute.ts';
import { normalizeQuery } from '../query/normalize.ts';
import { authorizeQuery } from '../read/authorize-query.ts';
import { openReading } from '../read/reading.ts';
import { invalid } from '../status.ts';
import type { Caller, PartitionQueryRequest, PartitionQueryResponse, Value } from '../types.ts';

/** Cursors that cut a collection group, ordered by name, into parts of about equal size. */
export async function partitionQuery(
  core: Core,
  request: PartitionQueryRequest,
  caller: Caller,
): Promise<PartitionQueryResponse> {
  const query = normalizeQuery(request.parent, request.structuredQuery);
  const wanted = Number(request.partitionCount ?? 0);
  if (!(wanted > 0)) throw invalid('partitionCount must be positive.');
  const isPlain = !query.condition && query.orders.length === 1 && !query.start && !query.end;
  if (!query.allDescendants || !isPlain || query.limit !== undefined || query.offset > 0) {
    throw invalid('Only queries over all descendants, ordered by __name__ ascending, can be partitioned.');
  }
  const scope = openReading(
    core,
    query.database,
    { ...(request.readTime && { readTime: request.readTime }) },
    caller,
  );
  authorizeQuery(core, caller, query, scope.time);
  const reading = { ...core, time: scope.time };
  let total = 0;
  for (const _ of execute(reading, query)) total += 1;
  const cuts = new Set<number>();
  for (let i = 1; i <= wanted; i += 1) cuts.add(Math.floor((i * total) / (wanted + 1)));
  cuts.delete(0); // a part before the first document would be empty
  const cursors: Value[] = [];
  let at = 0;
  for (const result of execute(reading, query)) {
    if (cuts.has(at)) cursors.push({ referenceValue: result.document().name });
    at += 1;
  }
  const from = request.pageToken ? cursors.findIndex((c) => nameOf(c) === request.pageToken) + 1 : 0;
  const size = request.pageSize && request.pageSize > 0 ? request.pageSize : cursors.length;
  const page = cursors.slice(from, from + size);
  const last = page.at(-1);
  return {
    partitions: page.map((value) => ({ values: [value], before: true })),
    ...(last && from + size < cursors.length && { nextPageToken: nameOf(last) }),
  };
}

const nameOf = (value: Value): string => ('referenceValue' in value ? value.referenceValue : '');
