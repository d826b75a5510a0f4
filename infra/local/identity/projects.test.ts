import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeJwt } from './id-token.ts';
import { startIdentity, type IdentityOptions, type IdentityServer } from './server.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'identity-projects-'));
});
let server: IdentityServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const TOOLKIT = '/identitytoolkit.googleapis.com/v1';
type Answer = Record<string, unknown> & { error?: { message: string } };

async function start(
  options: IdentityOptions = {},
): Promise<(path: string, body: object) => Promise<Answer>> {
  server = await startIdentity(options);
  const { url } = server;
  return async (path, body) => {
    const headers = path.includes('/projects/') ? { Authorization: 'Bearer owner' } : {};
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await (await fetch(`${url}${path}?key=k`, init)).json()) as Answer;
  };
}
const ann = { email: 'ann@example.com', password: 'first-secret' };
const audience = (answer: Answer): unknown => decodeJwt(String(answer['idToken']))?.['aud'];

describe('projects', () => {
  test('each has its own accounts: the same id, address and number may exist in both', async () => {
    const call = await start({ project: 'main' });
    const user = { localId: 'u', ...ann, phoneNumber: '+15555551000' };
    for (const project of ['main', 'other'])
      expect((await call(`${TOOLKIT}/projects/${project}/accounts`, user)).error).toBeUndefined();
    await call(`${TOOLKIT}/projects/other/accounts:delete`, { localId: 'u' });
    const found = await call(`${TOOLKIT}/projects/main/accounts:lookup`, { email: [ann.email] });
    expect(found['users']).toMatchObject([{ localId: 'u' }]);
    expect(
      (await call(`${TOOLKIT}/projects/other/accounts:lookup`, { localId: ['u'] }))['users'],
    ).toBeUndefined();
    const mine = await call(`${TOOLKIT}/accounts:signInWithPassword`, ann);
    expect(audience(mine)).toBe('main');
    const { refreshToken } = mine;
    await fetch(`${server?.url}/emulator/v1/projects/other/accounts`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer owner' },
    });
    expect(
      (await call('/securetoken.googleapis.com/v1/token', { grantType: 'refresh_token', refreshToken }))
        .error,
    ).toBeUndefined();
  });

  test('an ID token of one project is worth nothing in another', async () => {
    const call = await start({ project: 'main' });
    const { idToken } = await call(`${TOOLKIT}/accounts:signUp`, {});
    expect((await call(`${TOOLKIT}/accounts:lookup`, { idToken })).error).toBeUndefined();
    const cookie = await call(`${TOOLKIT}/projects/other:createSessionCookie`, { idToken });
    expect(cookie.error?.message).toBe('INVALID_ID_TOKEN');
  });

  test('without a main one, calls that name none are for the one that was named last; also after a restart', async () => {
    const data = join(folder, 'named.db');
    let call = await start({ data });
    expect(audience(await call(`${TOOLKIT}/accounts:signUp`, {}))).toBe('demo-longrun');
    await call(`${TOOLKIT}/projects/mine/accounts`, ann);
    await server?.close();
    call = await start({ data });
    expect(audience(await call(`${TOOLKIT}/accounts:signInWithPassword`, ann))).toBe('mine');
  });
});

test('tenants and their accounts and sessions outlive the server', async () => {
  const data = join(folder, 'tenants.db');
  let call = await start({ data, project: 'mine' });
  const { tenantId } = await call(`${TOOLKIT.replace('/v1', '/v2')}/projects/mine/tenants`, {
    allowPasswordSignup: true,
  });
  const { refreshToken } = await call(`${TOOLKIT}/accounts:signUp`, { ...ann, tenantId });
  await server?.close();
  call = await start({ data, project: 'mine' });
  const again = await call(`${TOOLKIT}/accounts:signInWithPassword`, { ...ann, tenantId });
  expect(again.error).toBeUndefined();
  const grant = { grantType: 'refresh_token', refreshToken };
  const { id_token } = await call('/securetoken.googleapis.com/v1/token', grant);
  expect(decodeJwt(String(id_token))?.['firebase']).toMatchObject({ tenant: tenantId });
});

test('a file of the first version keeps its accounts, sessions, codes and settings', async () => {
  const data = join(folder, 'v1.db');
  const db = new DatabaseSync(data);
  db.exec(`
    CREATE TABLE users (local_id TEXT PRIMARY KEY, email TEXT UNIQUE, doc TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE identities (provider TEXT NOT NULL, raw_id TEXT NOT NULL, email TEXT,
      local_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE, PRIMARY KEY (provider, raw_id)) WITHOUT ROWID;
    CREATE INDEX identities_user ON identities (local_id);
    CREATE INDEX identities_email ON identities (email);
    CREATE TABLE refresh_tokens (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE,
      local_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE, session TEXT NOT NULL);
    CREATE INDEX refresh_tokens_user ON refresh_tokens (local_id);
    CREATE TABLE oob_codes (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, doc TEXT NOT NULL);
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    PRAGMA user_version=1`);
  const account = {
    localId: 'u',
    email: 'ann@example.com',
    createdAt: 1,
    validSince: 1,
    emailVerified: false,
  };
  const identity = { providerId: 'google.com', rawId: 'g' };
  db.prepare('INSERT INTO users VALUES (?, ?, ?)').run(
    'u',
    account.email,
    JSON.stringify({ ...account, disabled: false, identities: [identity] }),
  );
  db.prepare('INSERT INTO identities VALUES (?, ?, NULL, ?)').run('google.com', 'g', 'u');
  const code = {
    oobCode: 'c',
    requestType: 'VERIFY_EMAIL',
    email: account.email,
    localId: 'u',
    oobLink: 'x',
  };
  db.prepare('INSERT INTO oob_codes (code, doc) VALUES (?, ?)').run('c', JSON.stringify(code));
  db.prepare('INSERT INTO settings VALUES (?, ?)').run('enableImprovedEmailPrivacy', 'true');
  db.close();
  for (const _ of ['first start', 'second start']) {
    const call = await start({ data, project: 'mine' });
    const federatedUserId = [{ providerId: 'google.com', rawId: 'g' }];
    const found = await call(`${TOOLKIT}/projects/mine/accounts:lookup`, { federatedUserId });
    expect(found['users']).toMatchObject([{ localId: 'u', email: account.email }]);
    const login = await call(`${TOOLKIT}/accounts:signInWithPassword`, ann);
    expect(login.error?.message).toBe('INVALID_LOGIN_CREDENTIALS');
    await server?.close();
  }
  const call = await start({ data, project: 'mine' });
  expect(await call(`${TOOLKIT}/accounts:update`, { oobCode: 'c' })).toMatchObject({ emailVerified: true });
  expect((await call(`${TOOLKIT}/projects/mine/accounts:delete`, { localId: 'u' })).error).toBeUndefined();
});
