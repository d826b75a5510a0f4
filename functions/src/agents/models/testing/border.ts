import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, vi } from 'vitest';
import { EVENT_STREAM, eventStream, type Provider } from './providers.ts';

const QUICKER = 100;

/** Answers at the border of HTTP, each model at an address of its own, so that tests may run side by side. */
export function border() {
  const server = setupServer();
  const { setTimeout: real } = globalThis;
  beforeAll(() => {
    server.listen({ onUnhandledFrame: 'error' });
    // The seconds between two tries of a call pass quickly; limits of time, which are longer, do not.
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms = 0, ...args: []) =>
      real(run, ms < 10_000 ? ms / QUICKER : ms, ...args)) as typeof setTimeout);
  });
  afterAll(() => {
    vi.restoreAllMocks();
    server.close();
  });
  let count = 0;

  /** Settings of a model whose calls `respond` answers; `calls` counts them. */
  const answer = (
    provider: Provider,
    respond: (call: number, request: Request) => Response | Promise<Response>,
  ) => {
    count += 1;
    const base = `http://model-${count}.test`;
    const seen = { calls: 0, env: provider.env(base) };
    server.use(
      http.post(`${base}${provider.path}`, ({ request }) => {
        seen.calls += 1;
        return respond(seen.calls, request);
      }),
    );
    return seen;
  };

  return {
    answer,
    streams: (provider: Provider, events: unknown[]) =>
      answer(provider, () => new HttpResponse(eventStream(events), { headers: EVENT_STREAM })),
  };
}
