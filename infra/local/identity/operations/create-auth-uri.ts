import { randomBytes } from 'node:crypto';
import type { App, Call } from '../app.ts';
import { canonicalEmail } from '../email.ts';
import { assert, notAllowed } from '../errors.ts';
import { allowsDuplicates, hidesAccounts } from './project-config.ts';

/** accounts:createAuthUri: how an address may sign in (fetchSignInMethodsForEmail). Starting an OAuth redirect is not supported. */
export function createAuthUri(app: App, { body }: Call): object {
  if (body.has('providerId')) throw notAllowed('Redirecting to an identity provider');
  const identifier = body.string('identifier');
  assert(identifier, 'MISSING_IDENTIFIER');
  assert(URL.parse(body.string('continueUri') ?? ''), 'INVALID_CONTINUE_URI');
  const response = {
    kind: 'identitytoolkit#CreateAuthUriResponse',
    sessionId: randomBytes(20).toString('base64url'),
  };
  if (hidesAccounts(app)) return response;
  const email = canonicalEmail(identifier);
  const methods = new Set<string>();
  const user = app.store.byEmail(email);
  if (user?.password !== undefined) methods.add('password');
  if (user?.emailLinkSignin === true) methods.add('emailLink');
  if (!allowsDuplicates(app)) {
    const users = [...(user === undefined ? [] : [user]), ...app.store.byIdentityEmail(email)];
    for (const { identities } of users) for (const { providerId } of identities) methods.add(providerId);
  }
  const signinMethods = [...methods];
  const allProviders = [
    ...new Set(signinMethods.map((method) => (method === 'emailLink' ? 'password' : method))),
  ];
  return { ...response, registered: user !== undefined || methods.size > 0, signinMethods, allProviders };
}
