import { authenticate, revoked, type App, type Call } from '../app.ts';
import { canonicalEmail } from '../email.ts';
import { IdentityError, assert } from '../errors.ts';
import { OOB_TYPES, type OobCode, type OobType } from '../oob-codes.ts';
import { assertStrong, hashPassword } from '../passwords.ts';
import type { User } from '../user.ts';
import { requireEmailLink, requirePassword } from '../sign-in-methods.ts';
import { hidesAccounts } from './project-config.ts';

/** accounts:sendOobCode: what Google mails, the emulator API lists; an administrator may have the link in the answer. */
export function sendOobCode(app: App, call: Call): object {
  const { body, privileged, origin } = call;
  const type = OOB_TYPES.find((known) => known === body.string('requestType'));
  assert(type !== undefined && type !== 'RECOVER_EMAIL', 'INVALID_REQ_TYPE');
  if (type === 'EMAIL_SIGNIN') requireEmailLink(app);
  if (type === 'PASSWORD_RESET') requirePassword(app);
  const continueUrl = body.string('continueUrl');
  if (continueUrl !== undefined) {
    assert(
      URL.parse(continueUrl),
      'INVALID_CONTINUE_URI : Expected an absolute URI with valid scheme and host',
    );
  }
  const wantsLink = body.boolean('returnOobLink') === true;
  assert(!wantsLink || privileged, 'INSUFFICIENT_PERMISSION');
  const { email, localId } = addressee(app, call, type);
  const kind = 'identitytoolkit#GetOobConfirmationCodeResponse';
  if (localId === undefined && type !== 'EMAIL_SIGNIN') return { kind, email }; // nothing is sent, and nothing given away
  const rawNew = type === 'VERIFY_AND_CHANGE_EMAIL' ? body.string('newEmail') : undefined;
  assert(type !== 'VERIFY_AND_CHANGE_EMAIL' || rawNew, 'MISSING_NEW_EMAIL');
  const newEmail = rawNew === undefined ? undefined : canonicalEmail(rawNew);
  if (newEmail !== undefined && app.store.byEmail(newEmail) !== undefined)
    throw new IdentityError('EMAIL_EXISTS');
  const { oobCode, oobLink } = app.oobCodes.create({ type, email, newEmail, localId, continueUrl, origin });
  return { kind, email, ...(wantsLink ? { oobCode, oobLink } : {}) };
}

/** `localId` is undefined when no account has the address. */
type Addressee = { email: string; localId: string | undefined };

function addressee(app: App, { body, privileged }: Call, type: OobType): Addressee {
  const idToken = body.string('idToken');
  const byAccount = type === 'VERIFY_EMAIL' || type === 'VERIFY_AND_CHANGE_EMAIL';
  if (byAccount && (idToken !== undefined || !privileged)) {
    assert(idToken, 'INVALID_ID_TOKEN');
    const { email, localId } = authenticate(app, idToken).user;
    assert(email !== undefined, 'MISSING_EMAIL');
    return { email, localId };
  }
  const rawEmail = body.string('email');
  assert(rawEmail, 'MISSING_EMAIL');
  const email = canonicalEmail(rawEmail);
  const user = app.store.byEmail(email);
  assert(user?.disabled !== true, 'USER_DISABLED');
  const mayBeMissing = type === 'EMAIL_SIGNIN' || (hidesAccounts(app) && !privileged);
  if (user === undefined && !mayBeMissing) {
    throw new IdentityError(byAccount ? 'USER_NOT_FOUND' : 'EMAIL_NOT_FOUND');
  }
  return { email, localId: user?.localId };
}

/** accounts:resetPassword: says what a code is for, or with `newPassword` uses a PASSWORD_RESET code. */
export async function resetPassword(app: App, { body }: Call): Promise<object> {
  const oobCode = body.string('oobCode');
  assert(oobCode, 'MISSING_OOB_CODE');
  const found = app.oobCodes.find(oobCode);
  if (found === undefined) throw new IdentityError('INVALID_OOB_CODE');
  const newPassword = body.string('newPassword');
  if (newPassword === undefined) return purpose(found);
  assert(found.requestType === 'PASSWORD_RESET', 'INVALID_OOB_CODE');
  assertStrong(newPassword);
  const password = await hashPassword(newPassword);
  return app.store.transaction(() => {
    const user = app.store.byEmail(found.email);
    if (user === undefined || user.localId !== found.localId || app.oobCodes.find(oobCode) === undefined)
      throw new IdentityError('INVALID_OOB_CODE');
    assert(!user.disabled, 'USER_DISABLED');
    app.oobCodes.delete(oobCode);
    const reset: User = { ...user, password, passwordUpdatedAt: app.now(), emailVerified: true };
    app.store.save(revoked(app, reset));
    return purpose(found);
  });
}

/** Who asks about an email sign-in code must know the address already, so that one is not told. */
function purpose({ requestType, email, newEmail }: OobCode): object {
  const kind = 'identitytoolkit#ResetPasswordResponse';
  return { kind, requestType, ...(requestType === 'EMAIL_SIGNIN' ? {} : { email, newEmail }) };
}

/** GET /emulator/v1/projects/P/oobCodes: the mail box. */
export function listOobCodes(app: App): object {
  const oobCodes = app.oobCodes.list().map(({ oobCode, requestType, email, newEmail, oobLink }) => {
    return { oobCode, requestType, email, newEmail, oobLink };
  });
  return { oobCodes };
}
