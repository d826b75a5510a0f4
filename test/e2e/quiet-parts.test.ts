/** What an installation can do without, and who may see and reach it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stack } from '../support/stack.ts';
import { until } from '../support/wait.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.start();
});
afterAll(() => stack.close());

describe('a running installation', () => {
  it('a damaged trace store -> the start goes on, with a new one', async () => {
    const db = join(stack.data, 'db');
    await stack.stop();
    await writeFile(join(db, 'trace.sqlite'), 'no database\n'.repeat(1_000));
    await chmod(stack.data, 0o755);
    await stack.restart();
    const damaged = await until('the damaged file is set aside', async () => {
      const names = await readdir(db);
      return names.find((name) => name.includes('.damaged-')) ?? null;
    });
    expect(damaged).toContain('trace.sqlite');
    await until('maintenance, which starts after it, runs', async () => (await isUp('maintenance')) || null);
  });

  it('what it keeps is for its owner alone, also what an earlier version left open', async () => {
    const open: string[] = [];
    const look = async (path: string): Promise<void> => {
      const { mode } = await stat(path);
      if ((mode & 0o077) !== 0) open.push(`${path} ${(mode & 0o777).toString(8)}`);
    };
    await look(stack.data);
    for (const folder of ['.', 'db', 'logs']) {
      for (const name of await readdir(join(stack.data, folder))) await look(join(stack.data, folder, name));
    }
    expect(open).toEqual([]);
  });

  it('a page of elsewhere gets no token and reads nothing, and `owner` is nobody', async () => {
    const { identity, firestore, edge, project, administrator } = stack.at;
    const signUp = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${identity}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=local`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"returnSecureToken":true}',
      });
    for (const origin of ['https://evil.example', 'http://localhost:1', 'null']) {
      const refused = await signUp({ origin });
      expect([refused.status, await refused.json()]).toMatchObject([
        403,
        { error: { code: 'foreign_origin' } },
      ]);
    }
    for (const origin of [edge, edge.replace('localhost', '127.0.0.1')])
      expect((await signUp({ origin })).status).toBe(200);
    const read = (authorization: string): Promise<number> =>
      fetch(`${firestore}/v1/projects/${project}/databases/(default)/documents/users`, {
        headers: { authorization },
      }).then(({ status }) => status);
    expect([await read('Bearer owner'), await read(administrator)]).toEqual([401, 200]);
    const health = await fetch(`${edge}/api/health`, { headers: { origin: 'https://evil.example' } });
    expect(health.status).toBe(403);
  });
});

/** Whether the process of a part is there. */
async function isUp(part: string): Promise<boolean> {
  const pids: Record<string, number> = JSON.parse(await readFile(join(stack.data, 'pids.json'), 'utf8'));
  return pids[part] !== undefined;
}

it('a part that never starts -> said, and all else runs', async () => {
  const data = await mkdtemp(join(tmpdir(), 'longrun-away-'));
  // A folder where the trace server wants its file.
  await mkdir(join(data, 'db', 'trace.sqlite'), { recursive: true });
  const child = spawn(process.execPath, [join(root, 'infra/dev/start.ts')], {
    env: { ...process.env, LONGRUN_DATA: data, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  try {
    await until('the part is said to be away', () => (said.includes('trace is away') ? true : null), 120_000);
    const addresses = await until('the parts that are away are written down', async () => {
      const text = await readFile(join(data, 'addresses.json'), 'utf8');
      const found: { edge: string; away?: string[] } = JSON.parse(text);
      return found.away === undefined ? null : found;
    });
    expect(addresses.away).toEqual(['trace']);
    await until('storage and queue answer', async () => {
      const health = (await (await fetch(`${addresses.edge}/api/health`)).json()) as { status: string };
      return health.status === 'ok' ? true : null;
    });
    expect(child.exitCode).toBeNull();
  } finally {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
    await rm(data, { recursive: true, force: true });
  }
});
