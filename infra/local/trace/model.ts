/** A span as Cloud Trace v1 has it: https://cloud.google.com/trace/docs/reference/v1/rest/v1/projects.traces */
export interface Span {
  /** Decimal digits of a 64-bit number that is not 0. */
  spanId: string;
  /** Absent: it has none. */
  parentSpanId?: string;
  kind: 'SPAN_KIND_UNSPECIFIED' | 'RPC_SERVER' | 'RPC_CLIENT';
  name: string;
  /** `2026-01-31T23:59:59.000000000Z`, always with nine digits, so that text sorts as time. */
  startTime: string;
  endTime: string;
  labels: Record<string, string>;
}

/** What a caller says of a span; what it leaves out stays as it was. */
export type SpanPatch = Pick<Span, 'spanId'> & Partial<Span>;

export interface TracePatch {
  /** 32 lowercase hexadecimal digits. */
  traceId: string;
  spans: SpanPatch[];
}

export interface Trace {
  projectId: string;
  traceId: string;
  spans: Span[];
}
