import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { answerOf, edgeSuite, SITE_FILES, type OpenEdge } from '../../edge/edge.suite.ts';
import { listen } from '../net/listen.ts';
import { startEdge } from './server.ts';
import { ask } from './test-support.ts';

edgeSuite('local', openLocalEdge);

async function openLocalEdge(): Promise<OpenEdge> {
  const dir = mkdtempSync(join(tmpdir(), 'edge-suite-'));
  for (const [path, content] of Object.entries(SITE_FILES)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  const functions = await Promise.all((['api', 'admin'] as const).map(startFunction));
  const [api, admin] = functions.map(({ url }) => url);
  if (api === undefined || admin === undefined) throw new Error('Both functions run.');
  const edge = await startEdge({ dir, api, admin, init: { projectId: 'demo-longrun', apiKey: 'local' } });
  return {
    async ask(path) {
      const { status, headers, body } = await ask(edge, path, { headers: { 'accept-encoding': 'br, gzip' } });
      const text = headers['content-encoding'] === 'br' ? brotliDecompressSync(body) : body;
      const single = Object.entries(headers).map(([name, value]) => [name, value?.toString()]);
      return { status, headers: Object.fromEntries(single), body: text.toString() };
    },
    async close() {
      await edge.close();
      await Promise.all(functions.map(({ close }) => close()));
      rmSync(dir, { recursive: true });
    },
  };
}

async function startFunction(target: 'api' | 'admin') {
  const server = createServer((request, response) => {
    const { status, body } = answerOf(target, request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  const port = await listen(server, '127.0.0.1', 0);
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
