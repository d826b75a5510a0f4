import { authenticate, newUser, signIn, type App, type Call } from '../app.ts';
import { IdentityError, assert } from '../errors.ts';
import { requireProjectLevel } from '../sign-in-methods.ts';
import { canonicalPhone } from '../phone.ts';
import type { User } from '../user.ts';

const FIRST_AND_SECOND =
  'UNSUPPORTED_FIRST_FACTOR : A phone number cannot be set as a first factor on an SMS based MFA user.';

/** accounts:sendVerificationCode: a code is "texted"; nobody is asked to prove that they are no robot. */
export function sendVerificationCode(app: App, { body }: Call): object {
  requireProjectLevel(app);
  const phoneNumber = canonicalPhone(body.string('phoneNumber') ?? '');
  assert(!hasSecondFactor(app.store.byPhone(phoneNumber)), FIRST_AND_SECOND);
  return { sessionInfo: app.codes.send(phoneNumber) };
}

/**
 * accounts:signInWithPhoneNumber: a code proves the number; makes the account, or with `idToken` adds the number to the caller's.
 * When it is another account's, the answer is a proof, with which that account can be entered without another code.
 */
export function signInWithPhoneNumber(app: App, { body }: Call): object {
  requireProjectLevel(app);
  const proof = body.string('temporaryProof');
  const idToken = body.string('idToken');
  return app.store.transaction(() => {
    const phoneNumber =
      proof === undefined
        ? app.codes.redeem(body.string('sessionInfo'), body.string('code'))
        : proven(app, proof, body.string('phoneNumber'));
    const holder = app.store.byPhone(phoneNumber);
    const caller = idToken === undefined ? undefined : authenticate(app, idToken).user;
    assert(!hasSecondFactor(caller), FIRST_AND_SECOND);
    if (caller !== undefined && holder !== undefined && holder.localId !== caller.localId) {
      if (proof !== undefined) throw new IdentityError('PHONE_NUMBER_EXISTS');
      const temporaryProof = app.phoneProofs.issue({ phoneNumber });
      return { temporaryProof, temporaryProofExpiresIn: '3600', phoneNumber };
    }
    const known = caller ?? holder;
    assert(!hasSecondFactor(known), FIRST_AND_SECOND);
    if (known === undefined) {
      assert(body.string('operation') !== 'REAUTH', 'USER_NOT_FOUND');
      app.signUps.take('all');
    }
    const { user, tokens } = signIn(app, { ...(known ?? newUser(app)), phoneNumber }, { provider: 'phone' });
    return { localId: user.localId, isNewUser: known === undefined, phoneNumber, ...tokens };
  });
}

function proven(app: App, proof: string, phoneNumber: string | undefined): string {
  assert(phoneNumber, 'MISSING_PHONE_NUMBER');
  const number = app.phoneProofs.find(proof)?.phoneNumber;
  assert(number !== undefined && number === canonicalPhone(phoneNumber), 'INVALID_TEMPORARY_PROOF');
  return number;
}

const hasSecondFactor = (user: User | undefined): boolean => (user?.mfaInfo?.length ?? 0) > 0;

/** GET /emulator/v1/projects/P/verificationCodes: the phone that rings. */
export function listVerificationCodes(app: App): object {
  return { verificationCodes: app.codes.list() };
}
