/**
 * Query explain: which indexes a query uses, and what its execution took.
 * Source: https://cloud.google.com/firestore/docs/query-explain
 */
import type { Core } from '../core.ts';
import type { ExplainMetrics, RunQueryResponse, Struct } from '../messages.ts';
import { describeIndex } from '../query/choose-indexes.ts';
import type { NormalizedQuery } from '../query/normalized.ts';
import { planQuery } from '../query/plan.ts';

/** @throws StatusError FAILED_PRECONDITION when a declared index is missing */
export function explainPlan({ store }: Core, query: NormalizedQuery): ExplainMetrics {
  const used = planQuery(store, query).flatMap(({ sources }) => sources.map((source) => source.describe()));
  const distinct = new Set(used.length > 0 ? used : [describeIndex([])]); // an empty collection is found empty by name
  const scope = query.allDescendants ? 'Collection group' : 'Collection';
  return {
    planSummary: {
      indexesUsed: [...distinct].map((properties) => texts({ query_scope: scope, properties })),
    },
  };
}

export interface Execution {
  /** Of `performance.now()`. */
  readonly startMs: number;
  readonly results: number;
  /** Billed. */
  readonly reads: number;
  readonly scanned: number;
}

export function explainExecution(
  plan: ExplainMetrics,
  { startMs, results, reads, scanned }: Execution,
): ExplainMetrics {
  const nanos = Math.max(1, Math.round((performance.now() - startMs) * 1e6));
  const billing = texts({ documents_billable: String(results), min_query_cost: results === 0 ? '1' : '0' });
  const debugStats: Struct = texts({ documents_scanned: String(scanned) });
  debugStats.fields['billing_details'] = { structValue: billing };
  return {
    ...plan,
    executionStats: {
      resultsReturned: String(results),
      executionDuration: { seconds: String(Math.floor(nanos / 1e9)), nanos: nanos % 1e9 },
      readOperations: String(reads),
      debugStats,
    },
  };
}

/** The metrics travel with the last message, as clients expect; what was skipped is not announced on its own. */
export async function* withMetrics(
  responses: AsyncIterable<RunQueryResponse>,
  metrics: (results: number, scanned: number) => ExplainMetrics,
): AsyncGenerator<RunQueryResponse> {
  let last: RunQueryResponse = {};
  let results = 0;
  let skipped = 0;
  for await (const response of responses) {
    const { document, readTime, skippedResults = 0, transaction } = response;
    skipped += skippedResults;
    if (transaction) yield response;
    else if (document) {
      if (last.document) yield last;
      last = response;
      results += 1;
    } else if (readTime && !last.document) last = { readTime };
  }
  yield { ...last, explainMetrics: metrics(results, results + skipped) };
}

const texts = (entries: Record<string, string>): Struct => ({
  fields: Object.fromEntries(Object.entries(entries).map(([name, stringValue]) => [name, { stringValue }])),
});
