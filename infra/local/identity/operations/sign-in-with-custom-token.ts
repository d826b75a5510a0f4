import { newUser, signIn, type App, type Call } from '../app.ts';
import { IdentityError, assert } from '../errors.ts';
import { isRecord } from '../fields.ts';
import { decodeJwt, parseObject } from '../id-token.ts';
import { reservedClaim } from './custom-claims.ts';

const AUDIENCE = 'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit';

/**
 * accounts:signInWithCustomToken. As in the emulator the signature is not checked, and bare JSON `{ uid, claims }` will do.
 */
export function signInWithCustomToken(app: App, { body }: Call): object {
  const token = body.string('token');
  assert(token, 'MISSING_CUSTOM_TOKEN');
  const { uid, claims } = readCustomToken(app, token);
  return app.store.transaction(() => {
    const known = app.store.byId(uid);
    if (known === undefined) app.signUps.take('all');
    const user = { ...(known ?? newUser(app, uid)), customAuth: true };
    const { tokens } = signIn(app, user, { provider: 'custom', claims });
    const kind = 'identitytoolkit#VerifyCustomTokenResponse';
    return { kind, isNewUser: known === undefined, ...tokens };
  });
}

function readCustomToken(app: App, token: string): { uid: string; claims: Record<string, unknown> } {
  const json = parseObject(token);
  const payload = json ?? decodeJwt(token);
  if (payload === undefined) throw invalid('Invalid assertion format');
  if (json === undefined && payload['aud'] !== AUDIENCE) {
    throw invalid(`Invalid audience, expected ${AUDIENCE}`);
  }
  const { exp, uid, user_id, sub, claims = {}, tenant_id } = payload;
  if (typeof exp === 'number') assert(exp * 1000 > app.now(), 'TOKEN_EXPIRED');
  assert(tenant_id === undefined || tenant_id === app.tenant?.tenantId, 'TENANT_ID_MISMATCH');
  const id = uid ?? user_id ?? (json === undefined ? undefined : sub);
  if (typeof id !== 'string' || !/^[^/]{1,128}$/.test(id)) throw new IdentityError('MISSING_IDENTIFIER');
  if (!isRecord(claims)) throw invalid('"claims" must be an object');
  if (JSON.stringify(claims).length > 1_000) throw new IdentityError('CLAIMS_TOO_LARGE');
  const reserved = reservedClaim(claims);
  assert(reserved === undefined, `FORBIDDEN_CLAIM : ${reserved}`);
  return { uid: id, claims };
}

function invalid(reason: string): IdentityError {
  return new IdentityError(`INVALID_CUSTOM_TOKEN : ${reason}`);
}
