import type { Request } from 'express';
import { LongrunError } from '@longrun/shared';
import type { Account, Accounts } from '../../ports/accounts.ts';
import type { Authenticate } from '../../http/auth.ts';

/**
 * Who asks. The token says who it is; whether they are an administrator says the account as it is now, so that whoever was
 * made one, or is one no longer, need not wait for another token (they last an hour).
 */
export function adminsOf(authenticate: Authenticate, accounts: Accounts) {
  /** Throws `unauthenticated` without a good token, or when its account is gone. */
  const someone = async (req: Request): Promise<Account> => {
    const { uid } = await authenticate(req);
    const account = await accounts.byUid(uid);
    if (account === undefined || account.disabled || signedInAt(req) < account.tokensValidFrom) {
      throw new LongrunError('unauthenticated', 'This account was signed out or removed. Sign in again.');
    }
    return account;
  };
  return {
    someone,
    /** Throws `forbidden` for everyone else. */
    async admin(req: Request): Promise<Account> {
      const account = await someone(req);
      if (!account.admin) throw new LongrunError('forbidden', 'Only administrators may do this.');
      return account;
    },
  };
}

/** When the person proved who they are: a claim of the token, which was verified before. Milliseconds since 1970. */
function signedInAt(req: Request): number {
  const part = req.headers.authorization?.split('.')[1] ?? '';
  const claims: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  const at =
    typeof claims === 'object' && claims !== null && 'auth_time' in claims ? Number(claims.auth_time) : 0;
  return at * 1_000;
}
