import { revoked, type App } from '../app.ts';
import { IdentityError } from '../errors.ts';
import type { OobCode, OobType } from '../oob-codes.ts';
import type { User } from '../user.ts';

/**
 * Does what a code about an address permits (verify, recover or change it), once. Throws INVALID_OOB_CODE for an unknown
 * or used code, or one made for something else.
 */
export function redeemOobCode(app: App, code: string, types: OobType[]): User {
  return app.store.transaction(() => {
    const found = app.oobCodes.find(code);
    if (found === undefined || !types.includes(found.requestType))
      throw new IdentityError('INVALID_OOB_CODE');
    const changed = change(app, found);
    if (changed.disabled) throw new IdentityError('USER_DISABLED');
    app.store.save(changed);
    app.oobCodes.delete(code);
    return changed;
  });
}

function change(app: App, { requestType, localId, email, newEmail }: OobCode): User {
  const user = localId === undefined ? undefined : app.store.byId(localId);
  if (user === undefined) throw new IdentityError('INVALID_OOB_CODE');
  if (requestType === 'RECOVER_EMAIL') {
    return revoked(app, { ...user, email, emailVerified: true, initialEmail: undefined });
  }
  // The address was changed after the code had been sent to it.
  if (user.email !== email) throw new IdentityError('INVALID_OOB_CODE');
  if (requestType === 'VERIFY_EMAIL' || newEmail === undefined) return { ...user, emailVerified: true };
  return revoked(app, {
    ...user,
    email: newEmail,
    emailVerified: true,
    initialEmail: user.initialEmail ?? email,
  });
}
