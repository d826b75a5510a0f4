import { authenticate, newUser, signIn, signInFirstFactor, type App, type Call } from '../app.ts';
import { canonicalEmail } from '../email.ts';
import { IdentityError, assert } from '../errors.ts';
import { requireEmailLink } from '../sign-in-methods.ts';

/** accounts:signInWithEmailLink: a mailed EMAIL_SIGNIN code proves the address; makes or, with `idToken`, links the account. */
export function signInWithEmailLink(app: App, { body }: Call): object {
  requireEmailLink(app);
  const rawEmail = body.string('email');
  assert(rawEmail, 'MISSING_EMAIL');
  const email = canonicalEmail(rawEmail);
  const oobCode = body.string('oobCode');
  assert(oobCode, 'MISSING_OOB_CODE');
  const idToken = body.string('idToken');
  return app.store.transaction(() => {
    const code = app.oobCodes.find(oobCode);
    assert(code?.requestType === 'EMAIL_SIGNIN', 'INVALID_OOB_CODE');
    assert(
      code.email === email,
      'INVALID_EMAIL : The email provided does not match the sign-in email address.',
    );
    const holder = app.store.byEmail(email);
    const caller = idToken === undefined ? undefined : authenticate(app, idToken).user;
    if (caller !== undefined && holder !== undefined && holder.localId !== caller.localId) {
      throw new IdentityError('EMAIL_EXISTS');
    }
    const known = caller ?? holder;
    if (known === undefined) app.signUps.take('all');
    app.oobCodes.delete(oobCode);
    const user = { ...(known ?? newUser(app)), email, emailVerified: true, emailLinkSignin: true };
    const { tokens } =
      caller === undefined
        ? signInFirstFactor(app, user, 'password')
        : signIn(app, user, { provider: 'password' });
    const kind = 'identitytoolkit#EmailLinkSigninResponse';
    return { kind, email, localId: user.localId, isNewUser: known === undefined, ...tokens };
  });
}
