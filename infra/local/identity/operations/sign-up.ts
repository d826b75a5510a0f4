import { authenticate, newUser, revoked, signIn, type App, type Call } from '../app.ts';
import { canonicalEmail } from '../email.ts';
import { IdentityError, assert } from '../errors.ts';
import { requireAnonymous, requirePasswordSignUp } from '../sign-in-methods.ts';
import { assertStrong, hashPassword, type StoredPassword } from '../passwords.ts';
import { canonicalPhone } from '../phone.ts';
import { readEnrollments } from '../second-factor.ts';
import type { User } from '../user.ts';
import { customClaimsProblem } from './custom-claims.ts';
import { allowsDuplicates } from './project-config.ts';

const KIND = 'identitytoolkit#SignupNewUserResponse';

/** accounts:signUp: an anonymous account, one with email and password, or these two added to the caller's account. */
export async function signUp(app: App, call: Call): Promise<object> {
  const { body, privileged } = call;
  if (privileged && !body.has('idToken')) return createUser(app, call);
  assert(!body.has('localId'), 'UNEXPECTED_PARAMETER : User ID');
  assert(!body.has('phoneNumber'), 'UNEXPECTED_PARAMETER : Phone number');
  assert(!body.has('mfaInfo'), 'UNEXPECTED_PARAMETER : Second factors');
  const idToken = body.string('idToken');
  const wantsPassword = ['email', 'password'].some((name) => body.has(name)) || idToken !== undefined;
  if (!wantsPassword) {
    requireAnonymous(app);
    app.signUps.take('all');
    const { user, tokens } = signIn(app, newUser(app), { provider: 'anonymous' });
    return { kind: KIND, localId: user.localId, ...tokens };
  }
  requirePasswordSignUp(app);
  const rawEmail = body.string('email');
  assert(rawEmail !== undefined, 'MISSING_EMAIL');
  const email = canonicalEmail(rawEmail);
  const rawPassword = body.string('password');
  assert(rawPassword, 'MISSING_PASSWORD');
  assertStrong(rawPassword);
  app.signUps.take('all');
  if (idToken !== undefined) authenticate(app, idToken);
  assertEmailFree(app, email, idToken);
  const password = await hashPassword(rawPassword);
  return app.store.transaction(() => {
    const linked = idToken === undefined ? undefined : authenticate(app, idToken).user;
    assertEmailFree(app, email, idToken);
    const account = linked === undefined ? newUser(app) : withoutOldPassword(app, linked);
    const displayName = body.string('displayName', 256) ?? account.displayName;
    const { user, tokens } = signIn(app, withPassword(app, account, email, password, displayName), {
      provider: 'password',
    });
    return { kind: KIND, localId: user.localId, email, displayName, ...tokens };
  });
}

/** POST /v1/projects/P/accounts: an administrator creates an account, with an id of its own choice if it likes. */
async function createUser(app: App, { body }: Call): Promise<object> {
  const localId = body.string('localId');
  assert(localId === undefined || /^[^/]{1,128}$/.test(localId), 'INVALID_LOCAL_ID');
  const rawEmail = body.string('email');
  const email = rawEmail === undefined ? undefined : canonicalEmail(rawEmail);
  const rawPassword = body.string('password');
  if (rawPassword !== undefined) assertStrong(rawPassword);
  const customAttributes = body.string('customAttributes');
  const problem = customAttributes === undefined ? undefined : customClaimsProblem(customAttributes);
  assert(problem === undefined, problem ?? '');
  const phone = body.string('phoneNumber');
  const phoneNumber = phone === undefined ? undefined : canonicalPhone(phone);
  const mfaInfo = readEnrollments(body.objects('mfaInfo'), app.now(), false);
  const password = rawPassword === undefined ? undefined : await hashPassword(rawPassword);
  return app.store.transaction(() => {
    assert(localId === undefined || app.store.byId(localId) === undefined, 'DUPLICATE_LOCAL_ID');
    const user: User = {
      ...newUser(app, localId),
      email,
      phoneNumber,
      mfaInfo: mfaInfo.length === 0 ? undefined : mfaInfo,
      password,
      passwordUpdatedAt: password === undefined ? undefined : app.now(),
      emailVerified: body.boolean('emailVerified') ?? false,
      displayName: body.string('displayName', 256),
      photoUrl: body.string('photoUrl', 2_048),
      disabled: body.boolean('disabled') ?? false,
      customAttributes,
    };
    app.store.save(user);
    const { displayName, photoUrl } = user;
    return { kind: KIND, localId: user.localId, email, phoneNumber, displayName, photoUrl };
  });
}

function assertEmailFree(app: App, email: string, idToken: string | undefined): void {
  const byProvider = allowsDuplicates(app) ? undefined : app.store.byIdentityEmail(email)[0];
  const holder = app.store.byEmail(email) ?? byProvider;
  const self = idToken === undefined ? undefined : authenticate(app, idToken).user.localId;
  if (holder !== undefined && holder.localId !== self) throw new IdentityError('EMAIL_EXISTS');
}

/** Replacing a password ends the other sessions; a first one does not, so an anonymous visitor's tabs stay signed in. */
function withoutOldPassword(app: App, user: User): User {
  return user.password === undefined ? user : revoked(app, user);
}

function withPassword(
  app: App,
  user: User,
  email: string,
  password: StoredPassword,
  displayName: string | undefined,
): User {
  const emailVerified = user.email === email && user.emailVerified;
  return { ...user, email, emailVerified, password, passwordUpdatedAt: app.now(), displayName };
}
