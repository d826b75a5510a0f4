import { TraceError } from './errors.ts';
import type { Span, Trace } from './model.ts';
import { timestampMs } from './timestamp.ts';

/**
 * The filters of `ListTraces`: terms that all must hold. `root:`, `span:` (`+` before them: the whole name instead of its
 * beginning), `latency:`, `method:`, `url:`, `label:` and `KEY:VALUE` of a label.
 * Source: https://cloud.google.com/trace/docs/trace-filters
 */
export type Filter = (trace: Trace) => boolean;

const MAX_TERMS = 20;
const UNITS_MS = { ns: 1e-6, us: 1e-3, ms: 1, s: 1_000 };

/** Throws INVALID_ARGUMENT for what is no filter. */
export function parseFilter(text: string): Filter {
  const terms = text.split(/\s+/).filter((term) => term !== '');
  if (terms.length > MAX_TERMS) throw TraceError.invalid(`A filter may have ${MAX_TERMS} terms.`);
  const filters = terms.map(parseTerm);
  return (trace) => filters.every((holds) => holds(trace));
}

function parseTerm(term: string): Filter {
  const match = /^([+^]*)(.+?):(.*)$/.exec(term);
  if (match === null) throw TraceError.invalid(`"${term.slice(0, 100)}" is no filter: it must be KEY:VALUE.`);
  const [, flags = '', key = '', value = ''] = match;
  if (flags.includes('^')) throw TraceError.unsupported('Filters with ^ are not supported.');
  const named = (name: string) => (flags === '+' ? name === value : name.startsWith(value));
  switch (key) {
    case 'root':
      return (trace) => rootsOf(trace).some((span) => named(span.name));
    case 'span':
      return (trace) => trace.spans.some((span) => named(span.name));
    case 'latency': {
      const least = parseDuration(value);
      return (trace) => durationMs(trace) >= least;
    }
    case 'label':
      return (trace) => trace.spans.some((span) => value in span.labels);
    case 'method':
      return labelled('/http/method', named);
    case 'url':
      return labelled('/http/url', named);
    default:
      return labelled(key, named);
  }
}

function labelled(key: string, holds: (value: string) => boolean): Filter {
  return (trace) =>
    trace.spans.some((span) => Object.hasOwn(span.labels, key) && holds(span.labels[key] ?? ''));
}

function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ns|us|ms|s)$/.exec(text);
  if (match === null)
    throw TraceError.invalid('latency: must be followed by a duration such as 200ms or 1.5s.');
  const [, count = '', unit = 'ms'] = match;
  return Number(count) * (UNITS_MS[unit as keyof typeof UNITS_MS] ?? 1);
}

export function durationMs({ spans }: Trace): number {
  const starts = spans.map((span) => timestampMs(span.startTime));
  const ends = spans.map((span) => timestampMs(span.endTime));
  return Math.max(0, ...ends) - Math.min(...starts, Number.MAX_SAFE_INTEGER);
}

/** Spans whose parent is not part of the trace. */
export function rootsOf({ spans }: Trace): Span[] {
  const ids = new Set(spans.map((span) => span.spanId));
  return spans.filter((span) => span.parentSpanId === undefined || !ids.has(span.parentSpanId));
}
