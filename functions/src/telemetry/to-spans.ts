import type { TraceSpan } from '@longrun/shared';
import * as z from 'zod/mini';
import { KIND_LABEL, RUN_LABEL } from './span.ts';

const KINDS = ['browser', 'api', 'queue', 'worker', 'node', 'model', 'storage', 'other'] as const;

/** A trace of Cloud Trace v1, as far as it is read: https://cloud.google.com/trace/docs/reference/v1/rest/v1/projects.traces */
const traceSchema = z.object({ spans: z.optional(z.array(z.unknown())) });
const spanSchema = z.object({
  spanId: z.string(),
  parentSpanId: z.optional(z.string()),
  name: z.optional(z.string()),
  startTime: z.string(),
  endTime: z.string(),
  labels: z.optional(z.record(z.string(), z.string())),
});
const kindSchema = z.enum(KINDS);

/** The spans of the run with this key, by their start. Others may be in the same trace, for callers choose its id. */
export function toSpans(answer: unknown, key: string): TraceSpan[] {
  const { spans = [] } = z.parse(traceSchema, answer);
  const known = new Map<string, TraceSpan>();
  for (const item of spans) {
    const parsed = z.safeParse(spanSchema, item);
    if (!parsed.success || parsed.data.labels?.[RUN_LABEL] !== key) continue;
    const span = toSpan(parsed.data);
    // A span that was sent again may be there twice, the later one longer.
    const before = known.get(span.span_id);
    if (before === undefined || before.end_ms < span.end_ms) known.set(span.span_id, span);
  }
  return [...known.values()].sort((a, b) => a.start_ms - b.start_ms || b.end_ms - a.end_ms);
}

function toSpan(span: z.infer<typeof spanSchema>): TraceSpan {
  const { spanId, parentSpanId = '0', name = '', labels = {} } = span;
  const kind = z.safeParse(kindSchema, labels[KIND_LABEL]);
  return {
    span_id: spanId,
    parent_span_id: parentSpanId === '0' ? null : parentSpanId,
    name,
    kind: kind.success ? kind.data : 'other',
    start_ms: milliseconds(span.startTime),
    end_ms: milliseconds(span.endTime),
    // Ours and the agent's own are for machines.
    labels: Object.fromEntries(
      Object.entries(labels).filter(([label]) => !/^(\/longrun\/|\/agent$|g\.co\/)/.test(label)),
    ),
  };
}

/** With fractions: `Date.parse` would drop what is below a millisecond. */
function milliseconds(time: string): number {
  const fraction = /\.\d{3}(\d+)/.exec(time)?.[1] ?? '';
  return Date.parse(time) + (fraction === '' ? 0 : Number(`0.${fraction}`));
}
