import { authenticate, signIn, type App, type Call } from '../app.ts';
import { IdentityError, assert } from '../errors.ts';
import { requireSecondFactors } from '../sign-in-methods.ts';
import type { Fields } from '../fields.ts';
import { providerOf } from '../id-token.ts';
import { canonicalPhone } from '../phone.ts';
import { MAX_FACTORS, factorOf, newEnrollmentId, type Enrollment } from '../second-factor.ts';
import { TOTP, isTotpCode, newTotpSecret } from '../totp.ts';
import type { User } from '../user.ts';

/** First factors that no second one can be added to. */
const INELIGIBLE = ['phone', 'anonymous', 'custom'];

/** POST /v2/accounts/mfaEnrollment:start: a text message, or a secret for an authenticator app. */
export function startMfaEnrollment(app: App, { body }: Call): object {
  const { user } = eligible(app, body);
  if (body.has('totpEnrollmentInfo')) {
    const sharedSecretKey = newTotpSecret();
    const sessionInfo = app.totpEnrollments.issue({ localId: user.localId, secret: sharedSecretKey });
    const finalizeEnrollmentTime = new Date(app.now() + app.totpEnrollments.lifetimeMs).toISOString();
    return { totpSessionInfo: { sharedSecretKey, ...TOTP, sessionInfo, finalizeEnrollmentTime } };
  }
  const info = body.object('phoneEnrollmentInfo');
  assert(info, 'INVALID_ARGUMENT : ((Missing phoneEnrollmentInfo.))');
  const phoneNumber = canonicalPhone(info.string('phoneNumber') ?? '');
  assertNewPhone(user, phoneNumber);
  return { phoneSessionInfo: { sessionInfo: app.codes.send(phoneNumber, app.tenant?.testPhoneNumbers) } };
}

/** POST /v2/accounts/mfaEnrollment:finalize: the code was right; the session goes on with two factors. */
export function finalizeMfaEnrollment(app: App, { body }: Call): object {
  return app.store.transaction(() => {
    const { user, provider } = eligible(app, body);
    const added: Enrollment = {
      mfaEnrollmentId: newEnrollmentId(),
      displayName: body.string('displayName', 256),
      enrolledAt: new Date(app.now()).toISOString(),
      ...provenFactor(app, user, body),
    };
    const mfaInfo = [...(user.mfaInfo ?? []), added];
    const session = { provider, secondFactor: factorOf(added) };
    const { idToken, refreshToken } = signIn(app, { ...user, mfaInfo }, session).tokens;
    const auth = added.totpSecret === undefined ? { phoneAuthInfo: {} } : { totpAuthInfo: {} };
    return { idToken, refreshToken, ...auth };
  });
}

/** POST /v2/accounts/mfaEnrollment:withdraw */
export function withdrawMfaEnrollment(app: App, { body }: Call): object {
  const idToken = body.string('idToken');
  assert(idToken, 'MISSING_ID_TOKEN');
  const id = body.string('mfaEnrollmentId');
  assert(id, 'MISSING_MFA_ENROLLMENT_ID');
  return app.store.transaction(() => {
    const { user, claims } = authenticate(app, idToken);
    const mfaInfo = (user.mfaInfo ?? []).filter(({ mfaEnrollmentId }) => mfaEnrollmentId !== id);
    assert(mfaInfo.length < (user.mfaInfo ?? []).length, 'MFA_ENROLLMENT_NOT_FOUND');
    return signIn(app, { ...user, mfaInfo }, { provider: providerOf(claims) }).tokens;
  });
}

function eligible(app: App, body: Fields): { user: User; provider: string } {
  requireSecondFactors(app);
  const idToken = body.string('idToken');
  assert(idToken, 'MISSING_ID_TOKEN');
  const { user, claims } = authenticate(app, idToken);
  const provider = providerOf(claims);
  assert(
    !INELIGIBLE.includes(provider),
    'UNSUPPORTED_FIRST_FACTOR : MFA is not available for the given first factor.',
  );
  assert(
    user.email !== undefined && user.emailVerified,
    'UNVERIFIED_EMAIL : Need to verify email first before enrolling second factors.',
  );
  assert((user.mfaInfo ?? []).length < MAX_FACTORS, 'SECOND_FACTOR_LIMIT_EXCEEDED');
  return { user, provider };
}

function provenFactor(
  app: App,
  user: User,
  body: Fields,
): Pick<Enrollment, 'phoneInfo'> | Pick<Enrollment, 'totpSecret'> {
  const totp = body.object('totpVerificationInfo');
  if (totp === undefined) {
    const info = body.object('phoneVerificationInfo');
    assert(info, 'INVALID_ARGUMENT : ((Missing phoneVerificationInfo.))');
    const phoneInfo = app.codes.redeem(info.string('sessionInfo'), info.string('code'));
    assertNewPhone(user, phoneInfo);
    return { phoneInfo };
  }
  const session = totp.string('sessionInfo');
  assert(session, 'MISSING_SESSION_INFO');
  const started = app.totpEnrollments.find(session);
  if (started === undefined || started.localId !== user.localId)
    throw new IdentityError('INVALID_SESSION_INFO');
  app.badPasswords.check(`totp ${user.localId}`);
  if (!isTotpCode(totp.string('verificationCode') ?? '', started.secret, app.now())) {
    app.badPasswords.take(`totp ${user.localId}`);
    throw new IdentityError('INVALID_CODE');
  }
  app.totpEnrollments.delete(session);
  return { totpSecret: started.secret };
}

function assertNewPhone(user: User, phoneNumber: string): void {
  const taken = user.mfaInfo?.some(({ phoneInfo }) => phoneInfo === phoneNumber) === true;
  assert(!taken, 'SECOND_FACTOR_EXISTS : Phone number already enrolled as second factor for this account.');
}
