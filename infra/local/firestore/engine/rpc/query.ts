import type { Core } from '../core.ts';
import { aggregate, aggregatedFields } from '../query/aggregate.ts';
import { affects } from '../query/affects.ts';
import { execute } from '../query/execute.ts';
import type { Result } from '../query/execute.ts';
import { nearest } from '../query/nearest.ts';
import { normalizeQuery } from '../query/normalize.ts';
import { billedCollection } from '../query/normalized.ts';
import type { NormalizedQuery } from '../query/normalized.ts';
import { windowed } from '../query/window.ts';
import { authorizeQuery } from '../read/authorize-query.ts';
import { selected } from '../read/masked.ts';
import { explainExecution, explainPlan, withMetrics } from './explain.ts';
import { openReading } from '../read/reading.ts';
import type { ReadScope } from '../read/reading.ts';
import { invalid, StatusError } from '../status.ts';
import type * as m from '../types.ts';

const PAGE = 256; // documents read at once, between which others get their turn
const ENTRIES_PER_READ = 1000; // an aggregation is billed by index entries

/** Opens the reading, asks the rules, and lets the transaction remember the query. */
function open(core: Core, query: NormalizedQuery, consistency: m.Consistency, caller: m.Caller): ReadScope {
  const scope = openReading(core, query.database, consistency, caller);
  authorizeQuery(core, caller, query, scope.time);
  if (scope.transaction && !scope.transaction.readOnly) scope.transaction.queries.push(affects(query));
  return scope;
}

export async function* runQuery(
  core: Core,
  request: m.RunQueryRequest,
  caller: m.Caller,
): AsyncGenerator<m.RunQueryResponse> {
  const query = normalizeQuery(request.parent, request.structuredQuery);
  const { explainOptions } = request;
  if (!explainOptions) {
    yield* found(core, request, query, caller);
    return;
  }
  const startMs = performance.now();
  if (explainOptions.analyze !== true) {
    yield { explainMetrics: planOnly(core, query, caller) };
    return;
  }
  const plan = explainPlan(core, query);
  yield* withMetrics(found(core, request, query, caller), (results, scanned) =>
    explainExecution(plan, { startMs, results, reads: Math.max(1, scanned), scanned }),
  );
}

/** A plan without execution costs one read. */
function planOnly(core: Core, query: NormalizedQuery, caller: m.Caller): m.ExplainMetrics {
  authorizeQuery(core, caller, query, core.clock.readTime());
  core.usage.count('reads', billedCollection(query));
  return explainPlan(core, query);
}

async function* found(
  core: Core,
  request: m.RunQueryRequest,
  query: NormalizedQuery,
  caller: m.Caller,
): AsyncGenerator<m.RunQueryResponse> {
  const scope = open(core, query, request, caller);
  const { readTime, newTransaction } = scope;
  if (newTransaction) yield { transaction: newTransaction };
  let reads = 0;
  try {
    core.history.pin(scope, scope.time);
    if (query.nearest) {
      const all = [...windowed(execute({ ...core, time: scope.time }, query), query)];
      for (const document of nearest(
        all.map((result) => result.document()),
        query.nearest,
      )) {
        reads += 1;
        yield { document: selected(document, query.select), readTime };
      }
    } else {
      for await (const results of pages(core, query, scope.time)) {
        reads += results.read;
        if (results.skipped > 0) yield { skippedResults: results.skipped, readTime };
        for (const result of results.found)
          yield { document: selected(result.document(), query.select), readTime };
      }
    }
    if (reads === 0) yield { readTime };
  } finally {
    core.history.unpin(scope);
    core.usage.count('reads', billedCollection(query), Math.max(reads, 1));
  }
}

interface Page {
  readonly found: readonly Result[];
  readonly skipped: number;
  readonly read: number;
}

/** Each page goes on behind the last one, in the same snapshot. */
async function* pages(core: Core, query: NormalizedQuery, time: number): AsyncGenerator<Page> {
  let after: Buffer | undefined;
  let toSkip = query.offset;
  let left = query.limit ?? Infinity;
  while (left > 0) {
    const found: Result[] = [];
    let read = 0;
    let skipped = 0;
    if (time < core.history.horizon)
      throw new StatusError('ABORTED', 'The snapshot of this query is no longer kept.');
    for (const result of execute({ ...core, time }, query, after)) {
      read += 1;
      after = result.suffix;
      if (toSkip > 0) {
        toSkip -= 1;
        skipped += 1;
      } else found.push({ suffix: result.suffix, document: fixed(result) });
      if (found.length >= left || read >= PAGE) break;
    }
    left -= found.length;
    if (read > 0) yield { found, skipped, read };
    if (read < PAGE) return;
  }
}

/** Reads the document now: later it may have changed. */
function fixed(result: Result): Result['document'] {
  const document = result.document();
  return () => document;
}

export async function* runAggregationQuery(
  core: Core,
  request: m.RunAggregationQueryRequest,
  caller: m.Caller,
): AsyncGenerator<m.RunAggregationQueryResponse> {
  const { structuredQuery, aggregations = [] } = request.structuredAggregationQuery ?? {};
  const query = normalizeQuery(request.parent, structuredQuery, aggregatedFields(aggregations));
  const { explainOptions } = request;
  const startMs = performance.now();
  if (explainOptions && explainOptions.analyze !== true) {
    yield { explainMetrics: planOnly(core, query, caller) };
    return;
  }
  const scope = open(core, query, request, caller);
  if (query.nearest) throw invalid('Nearest neighbours cannot be aggregated.');
  const results = windowed(execute({ ...core, time: scope.time }, query), query);
  const { fields, scanned } = aggregate(results, aggregations);
  const entries = scanned + query.offset;
  const reads = Math.max(1, Math.ceil(entries / ENTRIES_PER_READ));
  core.usage.count('reads', billedCollection(query), reads);
  yield {
    result: { aggregateFields: fields },
    readTime: scope.readTime,
    ...(scope.newTransaction && { transaction: scope.newTransaction }),
    ...(explainOptions && {
      explainMetrics: explainExecution(explainPlan(core, query), {
        startMs,
        results: 1,
        reads,
        scanned: entries,
      }),
    }),
  };
}
