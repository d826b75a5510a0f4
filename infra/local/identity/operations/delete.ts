import { authenticate, type App, type Call } from '../app.ts';
import { IdentityError, assert } from '../errors.ts';

/** accounts:delete: the caller's own account, or for an administrator any. */
export function deleteAccount(app: App, { body, privileged }: Call): object {
  const idToken = body.string('idToken');
  const kind = 'identitytoolkit#DeleteAccountResponse';
  if (!privileged || idToken !== undefined) {
    assert(idToken, 'MISSING_ID_TOKEN');
    app.store.delete(authenticate(app, idToken).user.localId);
    return { kind };
  }
  const localId = body.string('localId');
  assert(localId, 'MISSING_LOCAL_ID');
  if (!app.store.delete(localId)) throw new IdentityError('USER_NOT_FOUND');
  return { kind };
}

/** accounts:batchDelete: without `force` only disabled accounts go; the others are reported. */
export function batchDelete(app: App, { body }: Call): object {
  const localIds = body.strings('localIds');
  assert(localIds.length > 0, 'LOCAL_ID_LIST_EXCEEDS_LIMIT : Name 1 to 1000 accounts.');
  const force = body.boolean('force') ?? false;
  const errors: object[] = [];
  app.store.transaction(() => {
    for (const [index, localId] of localIds.entries()) {
      const user = app.store.byId(localId);
      if (user === undefined) continue;
      if (force || user.disabled) app.store.delete(localId);
      else {
        const message = 'NOT_DISABLED : Disable the account before batch deletion.';
        errors.push({ index, localId, message });
      }
    }
  });
  return errors.length === 0 ? {} : { errors };
}

/** DELETE /emulator/v1/projects/P/accounts: an empty project, for tests. */
export function deleteAll(app: App): object {
  app.store.clear();
  return {};
}
