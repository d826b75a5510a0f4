import { authenticate, revoked, signIn, type App, type Call } from '../app.ts';
import { canonicalEmail } from '../email.ts';
import { IdentityError, assert, unimplemented } from '../errors.ts';
import { providerOf, secondFactorOf } from '../id-token.ts';
import type { SecondFactor } from '../second-factor.ts';
import { assertStrong, hashPassword, type StoredPassword } from '../passwords.ts';
import { providersOf, type User } from '../user.ts';
import { applyAdminChanges, refuseAdminFields } from './admin-changes.ts';
import { redeemOobCode } from './redeem-oob-code.ts';

const KIND = 'identitytoolkit#SetAccountInfoResponse';

/** accounts:update: the caller's own account (`idToken`), any account (administrator), or what a mailed code permits. */
export async function update(app: App, call: Call): Promise<object> {
  const { body, privileged } = call;
  const oobCode = body.string('oobCode');
  if (oobCode !== undefined) {
    const user = redeemOobCode(app, oobCode, ['VERIFY_EMAIL', 'RECOVER_EMAIL', 'VERIFY_AND_CHANGE_EMAIL']);
    return answer(user, { newEmail: user.email });
  }
  const rawPassword = body.string('password');
  if (rawPassword !== undefined) assertStrong(rawPassword);
  caller(app, call); // refuses a bad token before any hashing
  const password = rawPassword === undefined ? undefined : await hashPassword(rawPassword);
  return app.store.transaction(() => {
    const { user, provider, secondFactor } = caller(app, call);
    let changed = applyProfile(app, user, call, password);
    if (privileged && provider === undefined) changed = applyAdminChanges(app, changed, body);
    const credentials = changed.email !== user.email || password !== undefined;
    if (credentials) changed = revoked(app, changed, Math.max(changed.validSince, seconds(app)));
    app.store.save(changed);
    if (provider === undefined || !credentials) return answer(changed);
    if (user.email !== undefined && changed.email !== user.email)
      offerRecovery(app, call, user.email, user.localId);
    const session = { provider: password === undefined ? provider : 'password', secondFactor };
    const { tokens } = signIn(app, changed, session);
    return answer(changed, tokens);
  });
}

/** Whose account it is, and how that person signed in; `provider` is undefined for an administrator. */
function caller(
  app: App,
  { body, privileged }: Call,
): { user: User; provider: string | undefined; secondFactor?: SecondFactor | undefined } {
  const idToken = body.string('idToken');
  if (!privileged || idToken !== undefined) {
    assert(idToken, 'MISSING_ID_TOKEN');
    refuseAdminFields(body);
    const { user, claims } = authenticate(app, idToken);
    return { user, provider: providerOf(claims), secondFactor: secondFactorOf(claims) };
  }
  const localId = body.string('localId');
  assert(localId, 'MISSING_LOCAL_ID');
  const user = app.store.byId(localId);
  if (user === undefined) throw new IdentityError('USER_NOT_FOUND');
  return { user, provider: undefined };
}

function applyProfile(app: App, user: User, { body }: Call, password: StoredPassword | undefined): User {
  const changed = { ...user };
  const rawEmail = body.string('email');
  const email = rawEmail === undefined ? undefined : canonicalEmail(rawEmail);
  if (email !== undefined && email !== user.email) {
    changed.email = email;
    changed.emailVerified = false;
    if (user.email !== undefined) changed.initialEmail ??= user.email;
  }
  if (password !== undefined) {
    changed.password = password;
    changed.passwordUpdatedAt = app.now();
  }
  // An empty text clears the field.
  changed.displayName = (body.string('displayName', 256) ?? user.displayName) || undefined;
  changed.photoUrl = (body.string('photoUrl', 2_048) ?? user.photoUrl) || undefined;
  for (const attribute of body.strings('deleteAttribute')) removeAttribute(changed, attribute);
  const unlinked = body.strings('deleteProvider');
  if (unlinked.includes('password')) removePassword(changed);
  if (unlinked.includes('phone')) changed.phoneNumber = undefined;
  changed.identities = changed.identities.filter(({ providerId }) => !unlinked.includes(providerId));
  return changed;
}

function removeAttribute(user: User, attribute: string): void {
  if (attribute === 'DISPLAY_NAME') user.displayName = undefined;
  else if (attribute === 'PHOTO_URL') user.photoUrl = undefined;
  else if (attribute === 'PASSWORD') removePassword(user);
  else if (attribute === 'EMAIL') {
    user.email = undefined;
    user.emailVerified = false;
  } else throw unimplemented(`deleteAttribute ${attribute}`);
}

function removePassword(user: User): void {
  user.password = undefined;
  user.passwordUpdatedAt = undefined;
  user.emailLinkSignin = undefined;
}

/** The owner of the old address may take the change back, should it not have been theirs. */
function offerRecovery(app: App, { origin }: Call, email: string, localId: string): void {
  app.oobCodes.create({ type: 'RECOVER_EMAIL', email, localId, origin });
}

function answer(user: User, extra: object = {}): object {
  const { localId, email, emailVerified, displayName, photoUrl, phoneNumber } = user;
  const profile = { localId, email, emailVerified, displayName, photoUrl, phoneNumber };
  return { kind: KIND, ...profile, providerUserInfo: providersOf(user), ...extra };
}

function seconds(app: App): number {
  return Math.floor(app.now() / 1000);
}
