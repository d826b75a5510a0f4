import { signIn, type App, type Call } from '../app.ts';
import { IdentityError, assert } from '../errors.ts';
import { requireSecondFactors } from '../sign-in-methods.ts';
import type { Fields } from '../fields.ts';
import { factorOf, type Enrollment } from '../second-factor.ts';
import { isTotpCode } from '../totp.ts';
import type { User } from '../user.ts';

/** POST /v2/accounts/mfaSignIn:start: texts a code to the phone that the person chose. */
export function startMfaSignIn(app: App, { body }: Call): object {
  const { user } = halfSignedIn(app, body, 'MISSING_MFA_PENDING_CREDENTIAL');
  const { phoneInfo } = enrollmentOf(user, body);
  assert(phoneInfo, 'INVALID_ARGUMENT : ((The chosen second factor is not a phone.))');
  return { phoneResponseInfo: { sessionInfo: app.codes.send(phoneInfo, app.tenant?.testPhoneNumbers) } };
}

/** POST /v2/accounts/mfaSignIn:finalize: both factors are given, and the session opens. */
export function finalizeMfaSignIn(app: App, { body }: Call): object {
  return app.store.transaction(() => {
    const pending = 'MISSING_CREDENTIAL : Please set MFA Pending Credential.';
    const { user, provider, token } = halfSignedIn(app, body, pending);
    const secondFactor = factorOf(provenFactor(app, user, body));
    app.pendingSignIns.delete(token);
    const { idToken, refreshToken } = signIn(app, user, { provider, secondFactor }).tokens;
    return { idToken, refreshToken };
  });
}

function halfSignedIn(
  app: App,
  body: Fields,
  missing: string,
): { user: User; provider: string; token: string } {
  requireSecondFactors(app);
  const token = body.string('mfaPendingCredential');
  assert(token, missing);
  const pending = app.pendingSignIns.find(token);
  const user = pending === undefined ? undefined : app.store.byId(pending.localId);
  if (pending === undefined || user === undefined) throw new IdentityError('INVALID_MFA_PENDING_CREDENTIAL');
  assert(!user.disabled, 'USER_DISABLED');
  return { user, provider: pending.provider, token };
}

function enrollmentOf(user: User, body: Fields): Enrollment {
  const id = body.string('mfaEnrollmentId');
  assert(id, 'MISSING_MFA_ENROLLMENT_ID');
  const found = user.mfaInfo?.find(({ mfaEnrollmentId }) => mfaEnrollmentId === id);
  if (found === undefined) throw new IdentityError('MFA_ENROLLMENT_NOT_FOUND');
  return found;
}

function provenFactor(app: App, user: User, body: Fields): Enrollment {
  const totp = body.object('totpVerificationInfo');
  if (totp === undefined) {
    const info = body.object('phoneVerificationInfo');
    assert(info, 'INVALID_ARGUMENT : ((Missing phoneVerificationInfo.))');
    const phone = app.codes.redeem(info.string('sessionInfo'), info.string('code'));
    const found = user.mfaInfo?.find(({ phoneInfo }) => phoneInfo === phone);
    if (found === undefined) throw new IdentityError('MFA_ENROLLMENT_NOT_FOUND');
    return found;
  }
  const enrollment = enrollmentOf(user, body);
  assert(enrollment.totpSecret, 'INVALID_ARGUMENT : ((The chosen second factor is a phone.))');
  app.badPasswords.check(`totp ${user.localId}`);
  if (!isTotpCode(totp.string('verificationCode') ?? '', enrollment.totpSecret, app.now())) {
    app.badPasswords.take(`totp ${user.localId}`);
    throw new IdentityError('INVALID_CODE');
  }
  return enrollment;
}
