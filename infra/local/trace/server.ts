import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Access } from '../access/access.ts';
import { guardOf } from '../access/guard.ts';
import { listen } from '../net/listen.ts';
import { endAnswer } from '../net/end-answer.ts';
import { TraceError } from './errors.ts';
import { listTraces } from './list-traces.ts';
import { parseList } from './parse-list.ts';
import { parseTraceId, parseTraces } from './parse-traces.ts';
import { TraceStore } from './store.ts';

export interface TraceOptions {
  /** 0, the default, picks a free one. */
  port?: number;
  /** The SQLite file; without one, traces live in memory. */
  data?: string | undefined;
  maxBytes?: number;
  /** Milliseconds since 1970; tests move it. */
  now?: () => number;
  access?: Access;
}

export interface TraceServer {
  port: number;
  url: string;
  close: () => Promise<void>;
}

const HOST = '127.0.0.1';
const MAX_BODY = 10_000_000;
const EXPIRE_MS = 3_600_000;
const PROJECT = /^[a-z0-9][a-z0-9.:-]{0,99}$/;

/**
 * Cloud Trace's v1 API over REST, as `@google-cloud/trace-agent` writes it and as its readers read it, for this machine
 * only. Source: https://cloud.google.com/trace/docs/reference/v1/rest. Rejects when the port or the file cannot be opened.
 */
export async function startTrace(options: TraceOptions = {}): Promise<TraceServer> {
  const { data, maxBytes, now = Date.now } = options;
  const guard = guardOf(options.access, HOST);
  const store = new TraceStore({ data, maxBytes, now });
  store.expire();
  const server = createServer((request, response) => {
    if (!guard(request, response)) void answer(store, request, response);
  });
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  const port = await listen(server, HOST, options.port ?? 0).catch((error: unknown) => {
    store.close();
    throw error;
  });
  const expiry = setInterval(() => store.expire(), EXPIRE_MS).unref();
  const close = async () => {
    clearInterval(expiry);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
    store.close();
  };
  return { port, url: `http://${HOST}:${port}`, close };
}

async function answer(store: TraceStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    send(response, 200, await handle(store, request));
  } catch (error) {
    if (error instanceof TraceError) return send(response, error.code, error.toBody());
    if (response.destroyed) return; // the client went away in the middle of its own request
    process.stderr.write(`trace: ${error instanceof Error ? error.stack : String(error)}\n`);
    send(response, 500, { error: { code: 500, message: 'Internal error.', status: 'INTERNAL' } });
  } finally {
    request.resume();
  }
}

async function handle(store: TraceStore, request: IncomingMessage): Promise<object> {
  const url = URL.parse(request.url ?? '/', `http://${HOST}`);
  if (url?.pathname === '/_/health' && request.method === 'GET') return { status: 'ok' };
  const match = /^\/v1\/projects\/([^/]+)\/traces(?:\/([^/]*))?$/.exec(url?.pathname ?? '');
  const [, projectText, traceId] = match ?? [];
  if (url === null || projectText === undefined) throw TraceError.notFound('There is no such method.');
  const project = decode(projectText);
  if (!PROJECT.test(project)) throw TraceError.invalid('The project id is not valid.');
  if (traceId === undefined && request.method === 'PATCH') {
    store.patch(project, parseTraces(project, await readJson(request)));
    return {};
  }
  if (request.method !== 'GET') throw TraceError.unsupported(`${request.method} is not supported here.`);
  if (traceId === undefined) return listTraces(store, project, parseList(url.searchParams));
  const trace = store.get(project, parseTraceId(decode(traceId), 'The trace id'));
  if (trace === undefined) throw TraceError.notFound('There is no such trace.');
  return trace;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw TraceError.invalid('The path is not valid.');
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  // Of any content type: the agent says text/plain. No page can send a PATCH without being allowed to.
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY) throw TraceError.tooLarge(`A request may have ${MAX_BODY} bytes.`);
    chunks.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw TraceError.invalid('The body is no JSON.');
    throw error;
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent || response.destroyed) return;
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': text.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  endAnswer(response, text);
}
