/** The load balancer, CDN and bucket of a single machine: serves a built page by the data in infra/edge, passes /api on. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CLOUD_SERVICES, cacheControl, LOCAL_SERVICES, securityHeaders } from '../../edge/headers.ts';
import { ruleFor } from '../../edge/url-map.ts';
import type { Access } from '../access/access.ts';
import { guardOf, isWelcome } from '../access/guard.ts';
import { serveBucket } from './bucket.ts';
import { Cache } from './cache.ts';
import { pathOf, sendError, sendJson } from './http.ts';
import { createInvalidation } from './invalidation.ts';
import { listenAll } from './listen-all.ts';
import { Operations } from './operations.ts';
import { createOrigin } from './origin.ts';
import { createApiProxy } from './proxy.ts';
import { createTunnel } from './tunnel.ts';

export interface EdgeOptions {
  /** Folder of the built page. */
  dir: string;
  /** Where /api goes: http://HOST:PORT. */
  api: string;
  /** Where /api/admin goes; default: where /api goes. */
  admin?: string;
  /** Answered at /__/firebase/init.json. */
  init: unknown;
  /** Default: the loopback addresses of both families, since `localhost` may be either. */
  host?: string;
  /** Default 0: a free port. */
  port?: number;
  /** SQLite file that keeps the operations of purges; absent: memory. */
  data?: string;
  /** Bound of the cache, default 256 MiB. */
  cacheBytes?: number;
  /** How long the API may take to begin an answer, default one hour, Cloud Run's longest. Milliseconds. */
  apiTimeoutMs?: number;
  access?: Access;
}

export interface EdgeServer {
  port: number;
  url: string;
  /** Stops accepting, gives answers under way a moment. */
  close(): Promise<void>;
}

const CACHE_BYTES = 256 * 1024 * 1024;
const API_TIMEOUT_MS = 3_600_000;
const KEEP_ALIVE_MS = 65_000; // longer than browsers and clients pool a connection
const CLOSE_GRACE_MS = 300;

/** Rejects when `api` is no http URL or the address cannot be bound. */
export async function startEdge(options: EdgeOptions): Promise<EdgeServer> {
  const cache = new Cache(createOrigin(options.dir), options.cacheBytes ?? CACHE_BYTES, Date.now);
  const timeoutMs = options.apiTimeoutMs ?? API_TIMEOUT_MS;
  const proxies = {
    api: createApiProxy(addressOf(options.api), timeoutMs),
    admin: createApiProxy(addressOf(options.admin ?? options.api), timeoutMs),
  };
  const tunnel = createTunnel(addressOf(options.api));
  const operations = new Operations(options.data, () => new Date().toISOString());
  const invalidation = createInvalidation(cache, operations);
  const headers = securityHeaders([...LOCAL_SERVICES, ...CLOUD_SERVICES], authDomainIn(options.init));
  const guard = guardOf(options.access, options.host);
  const health = { status: 'ok', boot_id: randomUUID() };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = pathOf(request);
    if (path === undefined) return sendError(response, 400, 'invalid_path', 'This path is not valid.');
    if (path === '/_/health') return sendJson(response, 200, health);
    if (path.startsWith('/compute/')) return invalidation.handle(path, request, response);
    const rule = ruleFor(path);
    switch (rule.to) {
      case 'api':
      case 'admin':
        return proxies[rule.to].forward(request, response);
      case 'config':
        return sendJson(response, 200, options.init, { ...headers, 'cache-control': cacheControl(path) });
      case 'bucket':
        return serveBucket(cache, headers, rule, path, request, response);
    }
  };

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (guard(request, response)) return;
    answer(request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) return; // the client went away in the middle of its request
      console.error(`Edge: ${request.method} ${request.url} failed:`, error);
      sendError(response, 500, 'internal', 'The request failed inside the edge; its log says why.');
    });
  };
  // Whatever else asks for another protocol is answered in this one, as a guard's refusal is.
  const shouldUpgradeCallback = (request: IncomingMessage): boolean =>
    request.headers.upgrade?.toLowerCase() === 'websocket' &&
    ruleFor(pathOf(request) ?? '/').to === 'api' &&
    isWelcome(request, options.access, options.host);

  const settings = { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, shouldUpgradeCallback };
  const listener = await listenAll(options.host, options.port ?? 0, () =>
    createServer(settings, onRequest).on('upgrade', tunnel.open),
  ).catch((error: unknown) => {
    operations.close();
    throw error;
  });

  const shut = async (): Promise<void> => {
    const timer = setTimeout(() => {
      tunnel.close();
      listener.servers.forEach((server) => server.closeAllConnections());
    }, CLOSE_GRACE_MS);
    await Promise.all(
      listener.servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
    );
    clearTimeout(timer);
    invalidation.close();
    operations.close();
    proxies.api.close();
    proxies.admin.close();
  };
  let closing: Promise<void> | undefined;
  return { port: listener.port, url: listener.url, close: () => (closing ??= shut()) };
}

function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:') {
    throw new Error(`The API's address "${text}" must be like http://127.0.0.1:8080.`);
  }
  return url;
}

/** A domain of Firebase's; not the page's own address, which a local configuration names. */
function authDomainIn(init: unknown): string | undefined {
  if (typeof init !== 'object' || init === null || !('authDomain' in init)) return undefined;
  const { authDomain } = init;
  return typeof authDomain === 'string' && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(authDomain)
    ? authDomain
    : undefined;
}
