/** What the server says over plain HTTP: is it alive, how deep are the queues, and which keys sign its tokens. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { TokenSigner } from './dispatch/oidc.ts';
import type { State } from './state.ts';

export function httpApi(state: State, signer: TokenSigner, bootId: string): RequestListener {
  const routes: Record<string, () => unknown> = {
    '/_/health': () => ({ status: 'ok', boot_id: bootId }),
    '/_/queues': () => ({
      queues: [...state.queues.values()].map(({ queue, lane, tasks }) => queueStats(queue, lane, tasks.size)),
    }),
    '/_/jwks': () => signer.jwks(),
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    request.resume();
    const [path = ''] = (request.url ?? '').split('?');
    if (/^\/v2(beta\d)?\//.test(path)) return send(response, 501, { error: GRPC_ONLY });
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (route === undefined)
      return fail(response, 404, 'not_found', `Nothing is here. Try ${Object.keys(routes).join(', ')}.`);
    if (request.method !== 'GET') return fail(response, 405, 'method_not_allowed', 'Use GET.');
    return send(response, 200, await route());
  };
  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(`Cloud Tasks: ${request.url} failed:`, error);
      fail(response, 500, 'internal', 'The request failed inside the server; its log says why.');
    });
  };
}

/** To who calls Google's REST interface, in Google's shape. */
const GRPC_ONLY = { code: 501, status: 'UNIMPLEMENTED', message: 'This server speaks gRPC only, not REST.' };

function queueStats(
  queue: { name: string; state: string },
  lane: { waiting: number; inFlight: number },
  depth: number,
) {
  return { name: queue.name, state: queue.state, depth, waiting: lane.waiting, in_flight: lane.inFlight };
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  send(response, status, { error: { code, message } });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}
