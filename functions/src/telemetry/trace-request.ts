import type { Run } from '@longrun/shared';
import { Scope, scopes, type Root } from './scope.ts';
import { randomSpanId, randomTraceId, runSpanId, type Span } from './span.ts';
import { CLICK_AGE_HEADER, parseClickAge, parseTraceHeader, TRACE_HEADER } from './trace-header.ts';
import { isSampled, recorder } from './tracing.ts';

export interface TracedRequest {
  method: string;
  headers: { [name: string]: unknown };
  /** With names instead of ids: `/api/runs/:run_id/cancel`. */
  route: string;
}

/**
 * On Cloud Run, which sets K_SERVICE, a process has no processor while it has no request, so the answer waits for its spans; but
 * no longer than this, and then they leave with the next request. Elsewhere nobody has to wait. Milliseconds.
 */
const FLUSH_MS = 100;
const answerWaits = () => process.env['K_SERVICE'] !== undefined;

class RequestScope extends Scope {
  readonly trace: string;
  /** Span of a caller that is traced itself. */
  readonly caller: string | null;
  /** Since when a person waits. */
  readonly clickedAt: number | null;
  readonly #root = { id: randomSpanId(), click: randomSpanId() };
  readonly #name: string;
  #run: Run | undefined;

  constructor({ method, headers, route }: TracedRequest, spans: NonNullable<ReturnType<typeof recorder>>) {
    super('request', spans);
    const context = parseTraceHeader(headers[TRACE_HEADER]);
    const age = parseClickAge(headers[CLICK_AGE_HEADER]);
    this.trace = context?.id ?? randomTraceId();
    this.clickedAt = age === null ? null : this.arrivedAt - age;
    // A page names a span that only this function can write: it has no way to send any.
    this.caller = age === null ? (context?.span ?? null) : null;
    this.#name = `${method} ${route}`;
  }

  joinRun(run: Run): void {
    const parent = this.clickedAt === null ? runSpanId(run) : this.#root.click;
    this.join(run, { id: this.#root.id, parent, kind: 'api', name: this.#name });
    this.#run = run;
  }

  /** From the click until the answer leaves: what a person waits for. */
  browser({ parent }: Root): Span[] {
    const run = this.#run;
    if (this.clickedAt === null || run === undefined) return [];
    const { clickedAt: start } = this;
    const name = 'click';
    return [
      { id: parent, parent: runSpanId(run), kind: 'browser', name, start, end: this.now(), labels: {} },
    ];
  }
}

/**
 * Does `work` as one root span of the run that `joinRun` names meanwhile, and sends what was measured before it resolves.
 * Reading is not traced: pages poll, and nobody waits for a run by it.
 */
export async function traceRequest<T>(request: TracedRequest, work: () => Promise<T>): Promise<T> {
  const spans = recorder();
  if (spans === undefined || request.method === 'GET') return await work();
  const scope = new RequestScope(request, spans);
  try {
    return await scopes.run(scope, work);
  } catch (error) {
    scope.label('error', error instanceof Error ? error.name : 'unknown');
    throw error;
  } finally {
    if (scope.end((root) => scope.browser(root))) {
      const sent = spans.flush(FLUSH_MS);
      if (answerWaits()) await sent;
    }
  }
}

/** The request that is answered now is about this run. */
export function joinRun(run: Run): void {
  const scope = scopes.getStore();
  if (scope instanceof RequestScope) scope.joinRun(run);
}

/** The trace of a run that the present request creates; undefined when it is not to be traced. */
export function newRunTrace(): { id: string; parent?: string; since: number } | undefined {
  const scope = scopes.getStore();
  if (!(scope instanceof RequestScope)) return undefined;
  const id = scope.place?.trace ?? scope.trace;
  if (!isSampled(id)) return undefined;
  const since = Math.floor(scope.clickedAt ?? scope.arrivedAt);
  return { id, since, ...(scope.caller === null ? {} : { parent: scope.caller }) };
}
