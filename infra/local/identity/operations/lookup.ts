import { authenticate, type App, type Call } from '../app.ts';
import { assert } from '../errors.ts';
import { toWire, type User } from '../user.ts';

const KIND = 'identitytoolkit#GetAccountInfoResponse';

/** accounts:lookup: the caller's own account, or for an administrator any by id, email, phone or federated identity. */
export function lookup(app: App, { body, privileged }: Call): object {
  const idToken = body.string('idToken');
  if (!privileged || idToken !== undefined) {
    assert(idToken, 'MISSING_ID_TOKEN');
    return { kind: KIND, users: [toWire(authenticate(app, idToken).user, false, app.tenant)] };
  }
  const found = new Map<string, User>();
  const add = (user: User | undefined) => user && found.set(user.localId, user);
  for (const id of body.strings('localId')) add(app.store.byId(id));
  for (const email of body.strings('email')) add(app.store.byEmail(email.toLowerCase()));
  for (const phone of body.strings('phoneNumber')) add(app.store.byPhone(phone));
  for (const identity of body.objects('federatedUserId')) {
    const provider = identity.string('providerId') ?? '';
    const rawId = identity.string('rawId') ?? '';
    if (provider === 'password') add(app.store.byEmail(rawId));
    else add(provider === 'phone' ? app.store.byPhone(rawId) : app.store.byIdentity(provider, rawId));
  }
  if (found.size === 0) return { kind: KIND };
  return { kind: KIND, users: [...found.values()].map((user) => toWire(user, true, app.tenant)) };
}
