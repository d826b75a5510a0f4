import type { Request } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startIdentity, type IdentityServer } from '../../../infra/local/identity/server.ts';
import { firebaseAuthentication } from './auth.ts';

const PROJECT = 'demo-auth';
let identity: IdentityServer;

beforeAll(async () => {
  identity = await startIdentity({ project: PROJECT });
  process.env['FIREBASE_AUTH_EMULATOR_HOST'] = new URL(identity.url).host;
});
afterAll(() => {
  delete process.env['FIREBASE_AUTH_EMULATOR_HOST'];
});

const requestWith = (authorization?: string) =>
  ({ headers: authorization === undefined ? {} : { authorization } }) as Request;

async function signUp(): Promise<{ idToken: string; localId: string }> {
  const response = await fetch(`${identity.url}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=k`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ returnSecureToken: true }),
  });
  return (await response.json()) as { idToken: string; localId: string };
}

describe('A11: who makes a request', () => {
  it('comes from a verified token; without a good one there is a reason', async () => {
    const authenticate = firebaseAuthentication(PROJECT);
    const { idToken, localId } = await signUp();
    expect(await authenticate(requestWith(`Bearer ${idToken}`))).toEqual({
      uid: localId,
      admin: false,
      anonymous: true,
    });
    const [head = '', body = '', signature = ''] = idToken.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const forged = (change: object) =>
      [head, Buffer.from(JSON.stringify({ ...claims, ...change })).toString('base64url'), signature].join(
        '.',
      );
    const now = Math.floor(Date.now() / 1_000);
    for (const bad of [
      undefined,
      'Basic abc',
      'Bearer ',
      `Bearer ${'x'.repeat(10_000)}`,
      'Bearer a.b.c',
      `Bearer ${forged({ aud: 'another' })}`,
      `Bearer ${forged({ iat: now - 7_200, exp: now - 3_600 })}`,
      `Bearer ${forged({ sub: 'nobody', user_id: 'nobody' })}`,
    ]) {
      await expect(authenticate(requestWith(bad))).rejects.toMatchObject({ code: 'unauthenticated' });
    }
  });

  it('is not asked again for a token that was just found good; another token is', async () => {
    const authenticate = firebaseAuthentication(PROJECT);
    const [known, other] = [await signUp(), await signUp()];
    await authenticate(requestWith(`Bearer ${known.idToken}`));
    await identity.close();
    expect(await authenticate(requestWith(`Bearer ${known.idToken}`))).toMatchObject({ uid: known.localId });
    await expect(authenticate(requestWith(`Bearer ${other.idToken}`))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});
