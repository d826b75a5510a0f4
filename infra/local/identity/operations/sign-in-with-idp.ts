import { authenticate, newUser, signIn, signInFirstFactor, type App, type Call } from '../app.ts';
import { IdentityError, assert, notAllowed } from '../errors.ts';
import { hasPasswordProvider, type FederatedIdentity, type User } from '../user.ts';
import { readAssertion, type IdpAssertion } from './idp-claims.ts';
import { allowsDuplicates } from './project-config.ts';

/**
 * accounts:signInWithIdp: signs in with a federated identity, makes the account on first sight, or (with `idToken`) links the
 * identity to the caller's account.
 */
export function signInWithIdp(app: App, call: Call): object {
  const { body } = call;
  if (body.has('pendingToken') || body.has('pendingIdToken')) throw notAllowed('A pending credential');
  const assertion = readAssertion(call);
  const response = { kind: 'identitytoolkit#VerifyAssertionResponse', ...assertion.response };
  const idToken = body.string('idToken');
  try {
    return app.store.transaction(() => {
      const outcome =
        idToken === undefined
          ? findOrCreate(app, assertion, body.boolean('autoCreate') ?? true)
          : { user: link(app, authenticate(app, idToken).user, assertion), isNewUser: false };
      const { user, isNewUser } = outcome;
      if (user === undefined) return { ...response, ...outcome.needsConfirmation };
      const { providerId } = assertion.identity;
      const isLink = idToken !== undefined;
      const { tokens } = isLink
        ? signIn(app, user, { provider: providerId })
        : signInFirstFactor(app, user, providerId);
      const emailVerified = user.email === undefined ? undefined : user.emailVerified;
      return { ...response, emailVerified, localId: user.localId, isNewUser, ...tokens };
    });
  } catch (error) {
    const taken = ['FEDERATED_USER_ID_ALREADY_LINKED', 'EMAIL_EXISTS'];
    const known = error instanceof IdentityError && taken.includes(error.message);
    if (!known || body.boolean('returnIdpCredential') !== true) throw error;
    // The client asked for the credential back, to sign in with it instead: then the error travels in a 200.
    return { ...response, errorMessage: error.message };
  }
}

type Outcome =
  { user: User; isNewUser: boolean } | { user: undefined; isNewUser: false; needsConfirmation: object };

function findOrCreate(app: App, { identity, emailVerified }: IdpAssertion, autoCreate: boolean): Outcome {
  const { providerId, rawId, email } = identity;
  const known = app.store.byIdentity(providerId, rawId);
  if (known !== undefined) return { user: withIdentity(known, identity), isNewUser: false };
  const apart = allowsDuplicates(app);
  const sameEmail = email === undefined || apart ? undefined : app.store.byEmail(email);
  if (sameEmail === undefined) {
    assert(autoCreate, 'EMAIL_NOT_FOUND'); // a reauthentication: the SDK makes it "user mismatch"
    app.signUps.take('all');
    const fresh = apart ? newUser(app) : { ...newUser(app), email, emailVerified };
    return { user: withProfile(withIdentity(fresh, identity)), isNewUser: true };
  }
  assert(!sameEmail.disabled, 'USER_DISABLED');
  if (!emailVerified) {
    const verifiedProvider = [
      ...(hasPasswordProvider(sameEmail) ? ['password'] : []),
      ...sameEmail.identities.map((other) => other.providerId),
    ];
    const needsConfirmation = { needConfirmation: true, localId: sameEmail.localId, verifiedProvider };
    return { user: undefined, isNewUser: false, needsConfirmation };
  }
  return { user: withProfile(withIdentity(provenOwner(app, sameEmail), identity)), isNewUser: false };
}

/**
 * The provider proved who owns the address. Whoever registered it before without proof loses the password, phone and identities they set,
 * or they could later enter the owner's account.
 */
function provenOwner(app: App, user: User): User {
  if (user.emailVerified) return user;
  app.refreshTokens.revokeAll(user.localId);
  const lost = { password: undefined, emailLinkSignin: undefined, phoneNumber: undefined, identities: [] };
  return { ...user, emailVerified: true, ...lost };
}

function link(app: App, user: User, { identity, emailVerified }: IdpAssertion): User {
  const { providerId, rawId, email } = identity;
  if (app.store.byIdentity(providerId, rawId) !== undefined) {
    throw new IdentityError('FEDERATED_USER_ID_ALREADY_LINKED');
  }
  const linked = withIdentity(user, identity);
  if (allowsDuplicates(app)) return linked;
  const holder = email === undefined ? undefined : app.store.byEmail(email);
  if (holder !== undefined && holder.localId !== user.localId) throw new IdentityError('EMAIL_EXISTS');
  if (user.email === undefined && email !== undefined) return { ...linked, email, emailVerified };
  return user.email === email && emailVerified ? { ...linked, emailVerified } : linked;
}

function withIdentity(user: User, identity: FederatedIdentity): User {
  const others = user.identities.filter(({ providerId }) => providerId !== identity.providerId);
  return { ...user, identities: [...others, identity] };
}

/** The profile of a new account, or of one that a provider now vouches for, is what that provider says. */
function withProfile(user: User): User {
  const { displayName, photoUrl, screenName } = user.identities.at(-1) ?? {};
  return { ...user, displayName, photoUrl, screenName };
}
