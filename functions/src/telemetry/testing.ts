import { afterEach, beforeEach, vi } from 'vitest';
import type { Span } from './span.ts';
import { startTracing, stopTracing } from './tracing.ts';

/** Traces during each test; answers what was sent since, by trace. */
export function collectedSpans(rate = 1) {
  let traces = new Map<string, Span[]>();
  beforeEach(() => {
    traces = new Map();
    startTracing({
      rate,
      exporter: async (sent) => {
        for (const [trace, spans] of sent) traces.set(trace, [...(traces.get(trace) ?? []), ...spans]);
      },
    });
  });
  afterEach(() => stopTracing());
  const all = () => [...traces.values()].flat();
  return {
    all,
    of: (trace: string) => traces.get(trace) ?? [],
    named: (name: string) => all().filter((span) => span.name === name),
    /** The only one of that name. Throws when there are more or none. */
    one: (name: string): Span => {
      const [span, ...more] = all().filter((each) => each.name === name);
      if (span === undefined || more.length > 0)
        throw new Error(`${more.length + (span ? 1 : 0)} spans: ${name}`);
      return span;
    },
  };
}

/** What is logged during each test. */
export function collectedLogs() {
  let text = '';
  beforeEach(() => {
    text = '';
    const take = (piece: unknown) => (text += String(piece)) !== '';
    vi.spyOn(process.stdout, 'write').mockImplementation(take);
    vi.spyOn(process.stderr, 'write').mockImplementation(take);
  });
  afterEach(() => vi.restoreAllMocks());
  return {
    text: () => text,
    lines: () =>
      text
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}
