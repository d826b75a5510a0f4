import { start, type PluginTypes } from '@google-cloud/trace-agent';
import { defaultConfig } from '@google-cloud/trace-agent/build/src/config.js';
import { BaseSpanData } from '@google-cloud/trace-agent/build/src/span-data.js';
import type { Exporter } from '../recorder.ts';
import { KIND_LABEL, type Span } from '../span.ts';
import { emulatorOptions } from './emulator.ts';
import { publishedSpans } from './published.ts';

export interface AgentOptions {
  project: string;
  service: string;
  /** `host:port` of a server that speaks Cloud Trace's API, instead of Google's. */
  endpoint: string | null;
}

/** For one request of the agent's. Milliseconds. */
const REQUEST_MS = 5_000;

/**
 * `@google-cloud/trace-agent` as what it does well: it batches spans, signs in and sends them to Cloud Trace.
 *
 * What it does to a whole process is switched off, and so it need not be loaded before all other modules, but may be after the
 * cold start. Its plugins know Express 4 and neither `fetch` nor our graphs. Its way of carrying the context (async_hooks
 * for every promise) was measured to cost 40 % of a worker's processor time when Node's domains did the same; Node's own
 * AsyncLocalStorage costs next to nothing. Stack traces of every span are the same sort of expense.
 */
export function startAgent({ project, service, endpoint }: AgentOptions): Exporter {
  const tracer = start({
    projectId: project,
    plugins: Object.fromEntries(Object.keys(defaultConfig.plugins).map((name) => [name, ''])),
    clsMechanism: 'none',
    stackTraceLimit: 0,
    samplingRate: 0, // all that it is given: which runs are traced was decided where they were created
    ignoreUrls: [],
    spansPerTraceHardLimit: Number.MAX_SAFE_INTEGER, // ours is smaller, and tells how much it left out
    logLevel: 0, // it writes plain text; what fails is logged by whoever flushes
    disableUntracedModulesWarning: true,
    serviceContext: { service },
    timeout: REQUEST_MS,
    ...(endpoint === null ? {} : emulatorOptions(endpoint)),
  } as Parameters<typeof start>[0]);
  const publish = publishedSpans();
  return async (traces) => {
    for (const [traceId, spans] of traces) handOver(tracer, traceId, spans);
    await publish();
  };
}

/** The first span carries the others to the agent's buffer, whatever their place in the tree is. */
function handOver(tracer: PluginTypes.Tracer, traceId: string, [first, ...others]: Span[]): void {
  if (first === undefined) return;
  const traceContext = { traceId, spanId: first.parent ?? '0', options: 1 };
  tracer.runInRootSpan({ name: first.name, traceContext }, (root) => {
    for (const span of others) fill(root.createChildSpan({ name: span.name }), span);
    fill(root, first);
  });
}

/**
 * The agent's API dates a span by the calls that open and close it, and knows only roots and their children. The object
 * behind it is what is sent, so its ids and times are set there.
 */
function fill(made: PluginTypes.Span, span: Span): void {
  for (const [name, value] of Object.entries(span.labels)) made.addLabel(name, value);
  made.addLabel(KIND_LABEL, span.kind);
  made.endSpan(new Date(span.end));
  if (!(made instanceof BaseSpanData)) throw new Error('The trace-agent made no span: it is not running.');
  made.span.spanId = span.id;
  made.span.parentSpanId = span.parent ?? '0';
  made.span.startTime = timestamp(span.start);
  made.span.endTime = timestamp(Math.max(span.start, span.end));
}

/** With microseconds, of which a double has room for today's times. */
function timestamp(ms: number): string {
  const micros = Math.floor((ms % 1) * 1_000);
  return new Date(Math.floor(ms)).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
}
