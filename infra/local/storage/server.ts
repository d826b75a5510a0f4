/** Cloud Storage on a single machine: one bucket, kept in a folder, for the local edge to serve and deploys to write. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Access } from '../access/access.ts';
import { guardOf } from '../access/guard.ts';
import { endAnswer } from '../net/end-answer.ts';
import { listen } from '../net/listen.ts';
import { Bucket } from './bucket.ts';
import { invalid, notImplemented, StorageApiError } from './errors.ts';
import { Folder } from './folder.ts';
import { ResumableUploads } from './resumable.ts';
import { objectsCall, uploadCall, type Call, type Site } from './routes.ts';

export interface StorageOptions {
  /** Folder that holds the objects; made when it is missing. One server at a time may write to it. */
  dir: string;
  /** Name of the bucket. */
  bucket: string;
  host?: string;
  /** Default 0: a free port. */
  port?: number;
  access?: Access;
}

export interface StorageServer {
  port: number;
  /** What STORAGE_EMULATOR_HOST must say. */
  url: string;
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 300;

export async function startStorage(options: StorageOptions): Promise<StorageServer> {
  const site: Site = {
    name: options.bucket,
    bucket: await Bucket.open(new Folder(options.dir), Date.now),
    uploads: new ResumableUploads(Date.now),
  };
  const health = { status: 'ok', boot_id: randomUUID() };
  const host = options.host ?? '127.0.0.1';
  const guard = guardOf(options.access, host);
  const server = createServer((request, response) => {
    if (guard(request, response)) return;
    answer(site, health, request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) return; // the client went away in the middle of its request
      fail(response, error);
    });
  });
  const port = await listen(server, host, options.port ?? 0);
  return {
    port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    async close() {
      const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
      server.closeIdleConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      clearTimeout(timer);
    },
  };
}

async function answer(
  site: Site,
  health: object,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '', search = ''] = splitUrl(request.url ?? '');
  const query = new URLSearchParams(search);
  const base = `http://${request.headers.host ?? '127.0.0.1'}`;
  const call: Call = { request, response, query, base };
  if (path === '/_/health') return send(response, 200, health);
  // A page of another origin must not write into what a person serves; browsers name their origin when they write.
  if (request.headers.origin !== undefined) throw new StorageApiError(403, 'forbidden', 'Not for browsers.');
  const segments = path.split('/').slice(1).map(decode);
  if (segments[0] === 'upload')
    return await uploadCall(site, below(segments, ['upload', 'storage', 'v1']), call);
  if (segments[0] === 'download') {
    query.set('alt', 'media');
    return await objectsCall(site, below(segments, ['download', 'storage', 'v1']), call);
  }
  // The client leaves out /storage/v1 when STORAGE_EMULATOR_HOST names the server.
  return await objectsCall(site, below(segments, segments[0] === 'b' ? [] : ['storage', 'v1']), call);
}

/** What follows `/prefix/b/`. */
function below(segments: string[], prefix: string[]): string[] {
  const expected = [...prefix, 'b'];
  if (!expected.every((part, i) => segments[i] === part))
    throw notImplemented(`/${segments.join('/').slice(0, 200)}`);
  return segments.slice(expected.length);
}

function splitUrl(url: string): [string, string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalid('The path holds a malformed escape.');
  }
}

function fail(response: ServerResponse, error: unknown): void {
  if (error instanceof StorageApiError) {
    if (error.status === 304) response.writeHead(304).end();
    else send(response, error.status, error.toBody());
    return;
  }
  console.error('Storage: a request failed:', error);
  send(
    response,
    500,
    new StorageApiError(500, 'backendError', 'The server failed; its log says why.').toBody(),
  );
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return;
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': text.length,
  });
  endAnswer(response, text);
}
