/** The HTTP edge on one machine: static files and the API behind one address, by the cloud's own URL map. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { cacheControl, LOCAL_SERVICES, securityHeaders } from '../../edge/headers.ts';
import { ruleFor } from '../../edge/url-map.ts';
import { listen } from '../net/listen.ts';
import { FileCache } from './files.ts';
import { answerJson, createProxy } from './proxy.ts';

export interface EdgeOptions {
  /** Folder of the built page. */
  dir: string;
  /** Where `/api/*` goes. */
  api: string;
  /** Answered at `/__/firebase/init.json`. */
  init: unknown;
  port?: number;
}

export interface EdgeServer {
  port: number;
  url: string;
  close(): Promise<void>;
}

const INVALIDATE = /^\/compute\/v1\/projects\/[^/]+\/global\/urlMaps\/[^/]+\/invalidateCache$/;
const MAX_PURGE_BODY = 10_000;

/** Listens on the loopback addresses of both families, since `localhost` may be either. */
export async function startEdge(options: EdgeOptions): Promise<EdgeServer> {
  const files = new FileCache(options.dir);
  const proxy = createProxy(options.api);
  const bootId = randomUUID();
  const headers = securityHeaders(LOCAL_SERVICES);

  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = pathOf(req);
    if (path === null) return answerJson(res, 400, 'invalid_request', 'The path cannot be decoded.');
    if (path === '/_/health') return json(res, { status: 'ok', boot_id: bootId });
    if (INVALIDATE.test(path) && req.method === 'POST') return await invalidate(req, res, files);
    const rule = ruleFor(path);
    if (rule.to === 'api') return proxy.forward(req, res);
    if (rule.to === 'config') return json(res, options.init);
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      return answerJson(res, 405, 'method_not_allowed', 'Only GET and HEAD are served here.');
    }
    const accept = String(req.headers['accept-encoding'] ?? '');
    const direct = path === '/' ? null : await files.get(path, accept);
    const served = direct === null && rule.fallback !== null ? rule.fallback : path;
    const found = direct ?? (rule.fallback === null ? null : await files.get(rule.fallback, accept));
    if (found === null) return answerJson(res, 404, 'not_found', 'There is no such file.');
    sendFile(req, res, found, { ...headers, 'cache-control': cacheControl(served) });
  };

  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      if (res.headersSent) res.destroy();
      else answerJson(res, 500, 'internal', 'The edge could not answer.');
    });
  });
  server.requestTimeout = 0;
  const port = await listen(server, '127.0.0.1', options.port ?? 0);
  const six = createServer((req, res) => server.emit('request', req, res));
  const hasSix = await listen(six, '::1', port).then(
    () => true,
    () => false,
  );
  return {
    port,
    url: `http://localhost:${port}`,
    close: async () => {
      proxy.close();
      for (const each of hasSix ? [server, six] : [server]) {
        each.closeAllConnections();
        await new Promise<void>((resolve) => each.close(() => resolve()));
      }
    },
  };
}

function sendFile(
  req: IncomingMessage,
  res: ServerResponse,
  { file, hit }: NonNullable<Awaited<ReturnType<FileCache['get']>>>,
  headers: Record<string, string>,
): void {
  const common = { ...headers, etag: file.etag, vary: 'accept-encoding', 'x-cache': hit ? 'hit' : 'miss' };
  if (req.headers['if-none-match'] === file.etag) {
    res.writeHead(304, common).end();
    return;
  }
  res.writeHead(200, {
    ...common,
    'content-type': file.type,
    'content-length': file.body.length,
    ...(file.encoding === null ? {} : { 'content-encoding': file.encoding }),
  });
  res.end(req.method === 'HEAD' ? undefined : file.body);
}

/** Source: compute.urlMaps.invalidateCache (REST, v1); here the operation is done when it is answered. */
async function invalidate(req: IncomingMessage, res: ServerResponse, files: FileCache): Promise<void> {
  let text = '';
  for await (const chunk of req) {
    text += String(chunk);
    if (text.length > MAX_PURGE_BODY) return answerJson(res, 413, 'too_large', 'The body is too large.');
  }
  const path: unknown = parse(text);
  if (typeof path !== 'string' || !path.startsWith('/')) {
    return answerJson(
      res,
      400,
      'invalid_request',
      'Send {"path": "/..."}; a star at its end matches everything below.',
    );
  }
  files.purge(path);
  json(res, { kind: 'compute#operation', name: `operation-${randomUUID()}`, status: 'DONE', progress: 100 });
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'path' in value ? value.path : undefined;
  } catch {
    return undefined;
  }
}

function json(res: ServerResponse, value: unknown): void {
  res.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-cache' });
  res.end(JSON.stringify(value));
}

function pathOf(req: IncomingMessage): string | null {
  try {
    const path = decodeURIComponent(new URL(req.url ?? '/', 'http://edge').pathname);
    return path.includes('\0') ? null : path;
  } catch {
    return null;
  }
}
