/**
 * Where the time of one run went. GET /api/runs/:run_id/trace (its owner) and
 * GET /api/admin/runs/:owner/:run_id/trace (admins).
 */
export interface RunTrace {
  run_id: string;
  /** 32 hex digits. Null: the run was not traced. */
  trace_id: string | null;
  /** Ordered by start; parents may be missing while a run goes on. */
  spans: TraceSpan[];
}

export interface TraceSpan {
  span_id: string;
  parent_span_id: string | null;
  /** What was done: `POST /api/runs`, `queue wait`, `attempt 1`, `generate_query`, `commit`, a model's name. */
  name: string;
  kind: 'browser' | 'api' | 'queue' | 'worker' | 'node' | 'model' | 'storage' | 'other';
  /** Milliseconds since 1970, with fractions. */
  start_ms: number;
  end_ms: number;
  labels: { [name: string]: string };
}
