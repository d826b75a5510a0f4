import { TraceError } from './errors.ts';
import type { Span, SpanPatch, TracePatch } from './model.ts';
import { normalTimestamp } from './timestamp.ts';

const MAX_TRACES = 1_000;
const MAX_SPANS = 25_000;
/** Limits of Cloud Trace v1, in bytes of UTF-8. */
const MAX_NAME = 128;
const MAX_LABEL_KEY = 128;
const MAX_LABEL_VALUE = 16_384;
const MAX_LABELS = 64;
const MAX_UINT64 = 18_446_744_073_709_551_615n;
const KINDS: ReadonlySet<string> = new Set<Span['kind']>([
  'SPAN_KIND_UNSPECIFIED',
  'RPC_SERVER',
  'RPC_CLIENT',
]);

/** The body of `PatchTraces`. Throws INVALID_ARGUMENT; then nothing of it is stored. */
export function parseTraces(project: string, body: unknown): TracePatch[] {
  const { traces } = record(body, 'the body', ['traces']);
  const list = array(traces, 'traces', MAX_TRACES);
  let spans = 0;
  return list.map((item, i) => {
    const field = `traces[${i}]`;
    const trace = record(item, field, ['projectId', 'traceId', 'spans']);
    const { projectId = project } = trace;
    if (projectId !== project) throw TraceError.invalid(`${field}.projectId must be ${project}.`);
    const parsed = array(trace['spans'] ?? [], `${field}.spans`, MAX_SPANS).map((span, k) =>
      parseSpan(span, `${field}.spans[${k}]`),
    );
    spans += parsed.length;
    if (spans > MAX_SPANS) throw TraceError.invalid(`A request may hold ${MAX_SPANS} spans.`);
    return { traceId: parseTraceId(trace['traceId'], `${field}.traceId`), spans: parsed };
  });
}

export function parseTraceId(value: unknown, field: string): string {
  if (typeof value !== 'string' || !/^[0-9a-fA-F]{32}$/.test(value) || /^0+$/.test(value)) {
    throw TraceError.invalid(`${field} must be 32 hexadecimal digits, not all 0.`);
  }
  return value.toLowerCase();
}

function parseSpan(value: unknown, field: string): SpanPatch {
  const fields = ['spanId', 'parentSpanId', 'kind', 'name', 'startTime', 'endTime', 'labels'];
  const span = record(value, field, fields);
  const spanId = uint64(span['spanId'], `${field}.spanId`);
  if (spanId === '0') throw TraceError.invalid(`${field}.spanId must not be 0.`);
  const patch: SpanPatch = { spanId };
  const { parentSpanId, kind, name, startTime, endTime, labels } = span;
  if (parentSpanId !== undefined) {
    const parent = uint64(parentSpanId, `${field}.parentSpanId`);
    if (parent !== '0') patch.parentSpanId = parent;
  }
  if (kind !== undefined) {
    if (!isKind(kind)) throw TraceError.invalid(`${field}.kind must be one of ${[...KINDS].join(', ')}.`);
    patch.kind = kind;
  }
  if (name !== undefined) patch.name = text(name, `${field}.name`, MAX_NAME);
  if (startTime !== undefined) patch.startTime = normalTimestamp(startTime, `${field}.startTime`);
  if (endTime !== undefined) patch.endTime = normalTimestamp(endTime, `${field}.endTime`);
  if (labels !== undefined) patch.labels = parseLabels(labels, `${field}.labels`);
  return patch;
}

function parseLabels(value: unknown, field: string): Record<string, string> {
  const entries = Object.entries(record(value, field));
  if (entries.length > MAX_LABELS) throw TraceError.invalid(`${field} may hold ${MAX_LABELS} labels.`);
  for (const [key, label] of entries) {
    text(key, `a key of ${field}`, MAX_LABEL_KEY);
    text(label, `${field}.${key.slice(0, MAX_NAME)}`, MAX_LABEL_VALUE);
  }
  return Object.fromEntries(entries.map(([key, label]) => [key, String(label)]));
}

/** JSON has 64-bit numbers as text; Google takes small ones as numbers, too. */
function uint64(value: unknown, field: string): string {
  const digits = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof digits !== 'string' || !/^\d{1,20}$/.test(digits) || BigInt(digits) > MAX_UINT64) {
    throw TraceError.invalid(`${field} must be the decimal digits of a 64-bit number.`);
  }
  return BigInt(digits).toString();
}

function text(value: unknown, field: string, maxBytes: number): string {
  if (typeof value !== 'string' || !value.isWellFormed() || Buffer.byteLength(value) > maxBytes) {
    throw TraceError.invalid(`${field} must be a text of at most ${maxBytes} bytes.`);
  }
  return value;
}

function array(value: unknown, field: string, max: number): unknown[] {
  if (!Array.isArray(value)) throw TraceError.invalid(`${field} must be a list.`);
  if (value.length > max) throw TraceError.invalid(`${field} may hold ${max} items.`);
  return value;
}

/** Google refuses fields that it does not know. */
function record(value: unknown, field: string, known?: string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw TraceError.invalid(`${field} must be an object.`);
  }
  const unknown = Object.keys(value).find((key) => known?.includes(key) === false);
  if (unknown !== undefined) {
    throw TraceError.invalid(`${field} has the unknown field ${JSON.stringify(unknown.slice(0, 100))}.`);
  }
  return { ...value };
}

function isKind(value: unknown): value is Span['kind'] {
  return typeof value === 'string' && KINDS.has(value);
}
