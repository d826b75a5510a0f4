/** Every server refuses names and pages that are not this machine's, before it does anything. */
import { once } from 'node:events';
import { request } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEdge } from '../edge/server.ts';
import { startFirestore } from '../firestore/server.ts';
import { startIdentity } from '../identity/server.ts';
import { startStorage } from '../storage/server.ts';
import { startTasks } from '../tasks/server.ts';
import { startTrace } from '../trace/server.ts';
import type { Access } from './access.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doors-'));
  await writeFile(join(folder, 'index.html'), 'the page');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const SERVERS: Record<string, (access: Access) => Promise<{ port: number; close(): Promise<void> }>> = {
  firestore: (access) => startFirestore({ access }),
  identity: (access) => startIdentity({ access }),
  tasks: (access) => startTasks({ access }),
  storage: (access) => startStorage({ access, dir: join(folder, 'bucket'), bucket: 'b' }),
  trace: (access) => startTrace({ access }),
  edge: (access) => startEdge({ access, dir: folder, api: 'http://127.0.0.1:1', init: {} }),
};

/** What each would do for whoever is let in. */
const CALLS = [
  ['GET', '/_/health'],
  ['GET', '/index.html'],
  ['POST', '/identitytoolkit.googleapis.com/v1/accounts:signUp?key=k'],
  ['DELETE', '/emulator/v1/projects/p/accounts'],
  ['DELETE', '/emulator/v1/projects/p/databases/(default)/documents'],
  ['POST', '/v1/projects/p/databases/(default)/documents:commit'],
  ['POST', '/google.firestore.v1.Firestore/Listen/channel?VER=8&RID=1'],
  ['POST', '/_/backup?into=x'],
  ['POST', '/upload/storage/v1/b/b/o'],
  ['PATCH', '/v1/projects/p/traces'],
  ['POST', '/compute/v1/projects/p/global/urlMaps/m/invalidateCache'],
  ['POST', '/api/runs'],
  ['OPTIONS', '/'],
] as const;

async function send(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; code: unknown; allowed: unknown }> {
  const sent = request({ host: '127.0.0.1', port, method, path, headers }).end();
  const [answer] = await once(sent, 'response');
  const body = await text(answer);
  const allowed = answer.headers['access-control-allow-origin'];
  return { status: answer.statusCode, code: codeIn(body), allowed };
}

function codeIn(body: string): unknown {
  try {
    const { error } = Object(JSON.parse(body));
    return Object(error).code;
  } catch {
    return undefined;
  }
}

describe.each(Object.entries(SERVERS))('%s', (_, start) => {
  const withServer = async (access: Access, work: (port: number) => Promise<void>): Promise<void> => {
    const server = await start(access);
    try {
      await work(server.port);
    } finally {
      await server.close();
    }
  };

  test.each([
    ['a foreign name', { host: 'evil.example:80' }, 'foreign_host'],
    ['a name that begins as ours', { host: 'localhost.evil.example' }, 'foreign_host'],
    ['a page of elsewhere', { origin: 'https://evil.example' }, 'foreign_origin'],
    [
      'a page of elsewhere that knows `owner`',
      { origin: 'http://evil.example', authorization: 'Bearer owner' },
      'foreign_origin',
    ],
    ['a page without an origin of its own', { origin: 'null' }, 'foreign_origin'],
  ])('%s is refused whatever it asks for', async (__, headers, code) => {
    await withServer({}, async (port) => {
      for (const [method, path] of CALLS) {
        const answer = await send(port, method, path, { host: `127.0.0.1:${String(port)}`, ...headers });
        expect([path, answer]).toEqual([path, { status: 403, code, allowed: undefined }]);
      }
    });
  });

  test.each([
    ['no page', {}],
    ['by name', { host: 'localhost' }],
    ['a tab with a name of its own', { host: 't1a2b.localhost' }],
    ['a page of this machine', { origin: 'http://localhost:5173' }],
  ])('%s is let in', async (__, headers) => {
    await withServer({}, async (port) => {
      const answer = await send(port, 'GET', '/_/health', { host: `127.0.0.1:${String(port)}`, ...headers });
      expect(String(answer.code)).not.toMatch(/foreign/);
    });
  });

  test('who may call can be said', async () => {
    const access = { hosts: ['box.example'], origins: ['https://app.example:8443'], onlyThese: true };
    await withServer(access, async (port) => {
      const ask = async (headers: Record<string, string>): Promise<unknown> =>
        (await send(port, 'OPTIONS', '/x', { host: '127.0.0.1:1', ...headers })).code;
      expect(await ask({ host: 'box.example:8123' })).not.toBe('foreign_host');
      expect(await ask({ host: 'box.example:8123', origin: 'http://box.example:9' })).not.toBe(
        'foreign_origin',
      );
      expect(await ask({ origin: 'https://app.example:8443' })).not.toBe('foreign_origin');
      expect(await ask({ origin: 'http://app.example:8443' })).toBe('foreign_origin');
      expect(await ask({ origin: 'http://localhost:5173' })).toBe('foreign_origin');
    });
  });
});
