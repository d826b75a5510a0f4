import { signInFirstFactor, type App, type Call } from '../app.ts';
import { canonicalEmail } from '../email.ts';
import { IdentityError, assert } from '../errors.ts';
import { requirePassword } from '../sign-in-methods.ts';
import { verifyPassword } from '../passwords.ts';
import { hidesAccounts } from './project-config.ts';

/** accounts:signInWithPassword. */
export async function signInWithPassword(app: App, { body }: Call): Promise<object> {
  requirePassword(app);
  const rawEmail = body.string('email');
  assert(rawEmail !== undefined, 'MISSING_EMAIL');
  const email = canonicalEmail(rawEmail);
  const password = body.string('password');
  assert(password, 'MISSING_PASSWORD');
  const hidden = hidesAccounts(app);
  const user = app.store.byEmail(email);
  if (user === undefined) throw new IdentityError(hidden ? 'INVALID_LOGIN_CREDENTIALS' : 'EMAIL_NOT_FOUND');
  assert(!user.disabled, 'USER_DISABLED');
  app.badPasswords.check(email);
  const stored = user.password;
  if (stored === undefined || !(await verifyPassword(password, stored))) {
    app.badPasswords.take(email);
    throw new IdentityError(hidden ? 'INVALID_LOGIN_CREDENTIALS' : 'INVALID_PASSWORD');
  }
  return app.store.transaction(() => {
    const current = app.store.byId(user.localId);
    // Deleted, or given another password, while this one was being checked.
    if (current?.password?.hash !== stored.hash) throw new IdentityError('INVALID_LOGIN_CREDENTIALS');
    const signedIn = signInFirstFactor(app, current, 'password');
    const { localId, displayName = '', photoUrl } = signedIn.user;
    const kind = 'identitytoolkit#VerifyPasswordResponse';
    return {
      kind,
      registered: true,
      localId,
      email,
      displayName,
      profilePicture: photoUrl,
      ...signedIn.tokens,
    };
  });
}
