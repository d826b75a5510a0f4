/** For the tests: a built page on disk, an API, an edge before them, and requests that are sent exactly as written. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listen } from '../net/listen.ts';
import { startEdge } from './server.ts';
import type { EdgeOptions } from './server.ts';

export const SCRIPT = `console.log(${JSON.stringify('long '.repeat(1_000))});`;
export const PAGE = `<!doctype html><div id="root"></div>${'<!-- padding -->'.repeat(50)}`;

export interface Site {
  dir: string;
  url: string;
  port: number;
  write(path: string, content: string): void;
  close(): Promise<void>;
}

export async function startSite(api: RequestListener, options: Partial<EdgeOptions> = {}): Promise<Site> {
  const parent = mkdtempSync(join(tmpdir(), 'edge-'));
  const dir = join(parent, 'dist');
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  };
  write('index.html', PAGE);
  write('assets/index-1a2b.js', SCRIPT);
  write('icon.svg', '<svg/>');
  write('.vite/manifest.json', '{}');
  write('../secret.txt', 'secret');
  const backend = createServer(api);
  const apiPort = await listen(backend, '127.0.0.1', 0);
  const edge = await startEdge({
    dir,
    api: `http://127.0.0.1:${apiPort}`,
    init: { projectId: 'p' },
    ...options,
  });
  return {
    dir,
    url: edge.url,
    port: edge.port,
    write,
    close: async () => {
      await edge.close();
      backend.closeAllConnections();
      await new Promise((resolve) => backend.close(resolve));
      rmSync(parent, { recursive: true });
    },
  };
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Unlike fetch: sends the path as it is, decodes nothing, keeps every header. */
export function ask(
  site: { port: number },
  path: string,
  options: { method?: string; headers?: OutgoingHttpHeaders; body?: string | Buffer } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: site.port, path, method, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
