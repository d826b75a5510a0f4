import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeJwt } from '../local/identity/id-token.ts';
import { startIdentity, type IdentityServer } from '../local/identity/server.ts';

let data: string;
let server: IdentityServer;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'token-'));
  server = await startIdentity();
  await writeFile(join(data, 'addresses.json'), JSON.stringify({ identity: server.url }));
});
afterAll(async () => {
  await server.close();
  await rm(data, { recursive: true, force: true });
});

function token(args: string[], folder = data): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, LONGRUN_DATA: folder };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, 'token.ts'), ...args], { env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

describe('npm run token', () => {
  test('prints a token and nothing else; the same account every time', async () => {
    const [first, second] = [await token([]), await token([])];
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^[\w-]+\.[\w-]+\.\n$/);
    const claims = decodeJwt(first.out.trim());
    expect(claims).toMatchObject({ email: 'dev@longrun.local', aud: 'demo-longrun' });
    expect(decodeJwt(second.out.trim())?.['sub']).toBe(claims?.['sub']);
  });

  test('--admin sets the claim for that user only', async () => {
    const admin = decodeJwt((await token(['--user', 'ops', '--admin'])).out.trim());
    const other = decodeJwt((await token(['--user', 'ada'])).out.trim());
    expect(admin).toMatchObject({ email: 'ops@longrun.local', admin: true });
    expect(other?.['admin']).toBeUndefined();
  });

  test('Longrun does not run: says what to do', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'token-'));
    const missing = await token([], empty);
    await writeFile(join(empty, 'addresses.json'), '{"identity":"http://127.0.0.1:1"}');
    const stale = await token([], empty);
    await rm(empty, { recursive: true });
    for (const { code, out, err } of [missing, stale]) {
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain('npm start');
    }
  });

  test('a name that cannot be an address is refused', async () => {
    expect(await token(['--user', 'a b'])).toMatchObject({ code: 1, out: '' });
  });
});
