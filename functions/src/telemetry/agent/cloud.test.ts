import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Exporter } from '../recorder.ts';
import type { Span } from '../span.ts';
import { startAgent } from './agent.ts';

/** The agent as it is on Cloud Run: Google's addresses, the account from the metadata server. Only the network is played. */
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const server = setupServer();
let send: Exporter;
let received: { authorization: string | null; body: unknown }[] = [];
let answers: number[] = [];

beforeAll(() => {
  server.listen({ onUnhandledFrame: 'error' });
  const google = { headers: { 'metadata-flavor': 'Google' } };
  server.use(
    ...['169.254.169.254', 'metadata.google.internal.', 'metadata.google.internal'].map((host) =>
      http.get(`http://${host}/computeMetadata/v1/*`, ({ request }) =>
        request.url.includes('/token')
          ? HttpResponse.json({ access_token: 'token-1', expires_in: 3_600, token_type: 'Bearer' }, google)
          : HttpResponse.text('instance-1', google),
      ),
    ),
    http.patch('https://cloudtrace.googleapis.com/v1/projects/demo-test/traces', async ({ request }) => {
      received.push({ authorization: request.headers.get('authorization'), body: await request.json() });
      return HttpResponse.json({}, { status: answers.shift() ?? 200 });
    }),
  );
  vi.stubEnv('K_SERVICE', 'longrun-api');
  vi.stubEnv('METADATA_SERVER_DETECTION', undefined);
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', undefined);
  vi.stubEnv('HOME', '/nobody'); // nor the account of whoever runs the tests
  send = startAgent({ project: 'demo-test', service: 'api', endpoint: null });
});
beforeEach(() => {
  received = [];
  answers = [];
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});

const spans = (id: string) => {
  const span: Span = { id, parent: null, kind: 'api', name: 'x', start: 0, end: 1, labels: {} };
  return new Map([[TRACE, [span]]]);
};

it('B3: spans go to Cloud Trace with a token of the account, before the exporter resolves', async () => {
  await send(spans('1'));
  expect(received).toMatchObject([
    { authorization: 'Bearer token-1', body: { traces: [{ projectId: 'demo-test', traceId: TRACE }] } },
  ]);
});

it('a Cloud Trace that is overloaded is asked again', async () => {
  answers = [503];
  await send(spans('2'));
  expect(received).toHaveLength(2);
});

it('one that refuses is told to whoever sends', async () => {
  answers = [403];
  await expect(send(spans('3'))).rejects.toThrow();
  expect(received).toHaveLength(1);
});
