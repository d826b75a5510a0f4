import type { Span } from './model.ts';

const DIGITS = '4bf92f3577b34da6a3ce929d0e0e4736';

/** Trace id n of a test. */
export function traceId(n: number): string {
  return DIGITS.slice(0, 24) + n.toString(16).padStart(8, '0');
}

/** A span as an agent sends it: `ms` after noon, one second long. */
export function span(id: string, ms: number, more: Partial<Span> = {}) {
  const at = (offset: number) => new Date(Date.UTC(2026, 0, 31, 12) + ms + offset).toISOString();
  return { spanId: id, name: `span ${id}`, startTime: at(0), endTime: at(1_000), ...more };
}

/** Calls a server's API for project `demo-test`. */
export function client(url: string) {
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${url}/v1/projects/demo-test/traces${path}`, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  return {
    call,
    patch: (n: number, ...spans: object[]) => call('PATCH', '', { traces: [{ traceId: traceId(n), spans }] }),
    get: (n: number) => call('GET', `/${traceId(n)}`),
    ids: async (query: string) => {
      const { body } = await call('GET', query);
      return ((body['traces'] ?? []) as { traceId: string }[]).map((trace) =>
        parseInt(trace.traceId.slice(24), 16),
      );
    },
  };
}
