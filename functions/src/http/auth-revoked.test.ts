import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { firebaseAuthentication, type Authenticate } from './auth.ts';

/** Tokens as in production: signed, and checked with Google's addresses. Only the network is played. */
const PROJECT = 'demo-signed';
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const google = setupServer();
let folder: string;
let account: Record<string, unknown> | undefined;
let lookups = 0;
let authenticate: Authenticate;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longrun-auth-'));
  const file = join(folder, 'account.json');
  const client = { client_email: `a@${PROJECT}.iam.gserviceaccount.com`, private_key: privateKey };
  await writeFile(file, JSON.stringify({ type: 'service_account', project_id: PROJECT, ...client }));
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file);
  vi.stubEnv('FIREBASE_AUTH_EMULATOR_HOST', undefined);
  google.use(
    http.get('https://www.googleapis.com/robot/v1/metadata/x509/*', () =>
      HttpResponse.json({ k: publicKey }),
    ),
    http.post(/oauth2|accounts\.google\.com/, () =>
      HttpResponse.json({ access_token: 't', expires_in: 3_600, token_type: 'Bearer' }),
    ),
    http.post('https://identitytoolkit.googleapis.com/v1/projects/*', () => {
      lookups += 1;
      return HttpResponse.json(account === undefined ? {} : { users: [account] });
    }),
  );
  google.listen({ onUnhandledFrame: 'error' });
  authenticate = firebaseAuthentication(PROJECT);
});
beforeEach(() => {
  lookups = 0;
  account = { localId: 'ada', validSince: '0' };
});
afterAll(async () => {
  google.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

let made = 0;
/** Each another one, so that nothing is known of it yet. */
function token(): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: `https://securetoken.google.com/${PROJECT}`,
    aud: PROJECT,
    sub: 'ada',
    auth_time: now,
    iat: now,
    exp: now + 3_600,
    nth: (made += 1),
  };
  const parts = [{ alg: 'RS256', kid: 'k', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const text = parts.join('.');
  return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
}
const ask = (bearer: string) => authenticate({ headers: { authorization: `Bearer ${bearer}` } });

describe('a token that is well signed', () => {
  it('is asked about once, however many requests come with it', async () => {
    const one = token();
    const users = await Promise.all([ask(one), ask(one), ask(one)]);
    for (const user of [...users, await ask(one)])
      expect(user).toEqual({ uid: 'ada', admin: false, anonymous: false });
    expect(lookups).toBe(1);
  });

  it.each([
    ['disabled', { localId: 'ada', disabled: true }, 'disabled'],
    ['revoked', { localId: 'ada', validSince: String(Math.floor(Date.now() / 1_000) + 60) }, 'was revoked'],
    ['deleted', undefined, 'gone'],
  ])('of a user who was %s -> 401 with the reason, and no call for each try', async (_, found, why) => {
    account = found;
    const one = token();
    await expect(ask(one)).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining(why),
    });
    await expect(ask(one)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(lookups).toBe(1);
  });

  it('whose account cannot be asked for -> 503, and the next request asks again', async () => {
    google.use(
      http.post(
        'https://identitytoolkit.googleapis.com/v1/projects/*',
        () => HttpResponse.json({ error: { message: 'PERMISSION_DENIED' } }, { status: 403 }),
        { once: true },
      ),
    );
    const one = token();
    await expect(ask(one)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await ask(one)).toMatchObject({ uid: 'ada' });
  });

  it('by someone else -> 401, without a call', async () => {
    const [head, body] = token().split('.');
    await expect(ask(`${head}.${body}.${'A'.repeat(342)}`)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    expect(lookups).toBe(0);
  });
});
