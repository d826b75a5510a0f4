import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROJECT, TOOLKIT } from './testing/clients.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
let folder: string;
let children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'identity-'));
});
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  children = [];
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  url: string;
  lines: string[];
  stop: (signal: NodeJS.Signals) => Promise<number | null>;
}

async function run(): Promise<Running> {
  const child = spawn(
    process.execPath,
    [MAIN, '--data', join(folder, 'deep', 'identity.db'), '--project', PROJECT],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  reader.on('line', (line) => lines.push(line));
  await once(reader, 'line');
  const url = /^identity listening at (\S+) \(FIREBASE_AUTH_EMULATOR_HOST=(\S+)\)$/.exec(lines[0] ?? '')?.[1];
  const stop = async (signal: NodeJS.Signals) => {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return { url: url ?? '', lines, stop };
}

async function post(url: string, path: string, body: object): Promise<Record<string, string>> {
  const response = await fetch(`${url}${path}?key=k`, { method: 'POST', body: JSON.stringify(body) });
  return (await response.json()) as Record<string, string>;
}

describe('the server as a process', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s: one line of output, exit 0', async (signal) => {
    const server = await run();
    expect((await fetch(`${server.url}/_/health`)).status).toBe(200);
    expect(await server.stop(signal)).toBe(0);
    expect(server.lines).toHaveLength(1);
  });

  test('restart: accounts and sessions go on, under another boot id', async () => {
    const first = await run();
    const bootId = async (url: string) =>
      ((await (await fetch(`${url}/_/health`)).json()) as { boot_id: string }).boot_id;
    const before = await bootId(first.url);
    const { refreshToken, localId } = await post(first.url, `${TOOLKIT}/accounts:signUp`, {
      email: 'ada@example.com',
      password: 'first-secret',
    });
    await first.stop('SIGTERM');
    const second = await run();
    expect(await bootId(second.url)).not.toBe(before);
    const signedIn = await post(second.url, `${TOOLKIT}/accounts:signInWithPassword`, {
      email: 'ada@example.com',
      password: 'first-secret',
    });
    expect(signedIn['localId']).toBe(localId);
    const refreshed = await post(second.url, '/securetoken.googleapis.com/v1/token', {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    });
    expect(refreshed['user_id']).toBe(localId);
  });

  test('kill -9 under load: every acknowledged account and session is there afterwards', async () => {
    const first = await run();
    const acknowledged: Record<string, string>[] = [];
    const signUps = (async () => {
      for (;;) acknowledged.push(await post(first.url, `${TOOLKIT}/accounts:signUp`, {}));
    })().catch(() => undefined); // ends when the server is gone
    await expect.poll(() => acknowledged.length).toBeGreaterThan(25);
    await first.stop('SIGKILL');
    await signUps;
    const second = await run();
    for (const { refreshToken, localId } of acknowledged) {
      const refreshed = await post(second.url, '/securetoken.googleapis.com/v1/token', {
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      });
      expect(refreshed['user_id']).toBe(localId);
    }
  });
});
