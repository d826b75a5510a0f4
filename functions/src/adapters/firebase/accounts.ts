import { errorMessage, LongrunError } from '@longrun/shared';
import type { UserRecord } from 'firebase-admin/auth';
import { lazy } from '../../lib/lazy.ts';
import type { Account, Accounts } from '../../ports/accounts.ts';

const CALL_MS = 10_000; // the SDK's own limit is 25 s, twice
const PAGE = 1_000; // the most that the service gives at a time

/**
 * Accounts of Identity Platform, or of the server that FIREBASE_AUTH_EMULATOR_HOST names. The account that this runs as
 * needs roles/firebaseauth.viewer, and roles/firebaseauth.admin to set claims.
 */
export function firebaseAccounts(projectId: string): Accounts {
  const opened = lazy(async () => {
    const [{ initializeApp }, { getAuth }] = await Promise.all([
      import('firebase-admin/app'),
      import('firebase-admin/auth'),
    ]);
    return getAuth(initializeApp({ projectId }, 'accounts'));
  });

  const find = async (look: () => Promise<UserRecord>): Promise<UserRecord | undefined> => {
    try {
      return await inTime(look());
    } catch (error) {
      const code = codeOf(error);
      if (code === 'auth/user-not-found' || code === 'auth/invalid-uid' || code === 'auth/invalid-email')
        return undefined;
      throw unavailable(error);
    }
  };

  return {
    async byUid(uid) {
      const auth = await opened();
      return toAccount(await find(() => auth.getUser(uid)));
    },
    async byEmail(email) {
      const auth = await opened();
      return toAccount(await find(() => auth.getUserByEmail(email)));
    },
    async setAdmin(uid, admin) {
      const auth = await opened();
      const user = await find(() => auth.getUser(uid));
      if (user === undefined) throw new LongrunError('not_found', `There is no account ${uid}.`);
      const { admin: _, ...others } = user.customClaims ?? {};
      const claims = admin ? { ...others, admin: true } : others;
      try {
        await inTime(auth.setCustomUserClaims(uid, claims));
      } catch (error) {
        throw unavailable(error);
      }
    },
    async admins() {
      const auth = await opened();
      const found: Account[] = [];
      let page: string | undefined;
      do {
        try {
          const { users, pageToken } = await inTime(auth.listUsers(PAGE, page));
          for (const user of users) if (isAdmin(user)) found.push(toAccount(user));
          page = users.length === 0 ? undefined : pageToken;
        } catch (error) {
          throw unavailable(error);
        }
      } while (page !== undefined);
      return found;
    },
  };
}

const isAdmin = (user: UserRecord) => user.customClaims?.['admin'] === true;

function toAccount(user: UserRecord): Account;
function toAccount(user: UserRecord | undefined): Account | undefined;
function toAccount(user: UserRecord | undefined): Account | undefined {
  if (user === undefined) return undefined;
  const { uid, email = null, emailVerified, disabled, tokensValidAfterTime } = user;
  const from = tokensValidAfterTime === undefined ? 0 : Date.parse(tokensValidAfterTime);
  return { uid, email, emailVerified, admin: isAdmin(user), disabled, tokensValidFrom: from };
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${CALL_MS} ms`)), CALL_MS);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

function unavailable(error: unknown): LongrunError {
  return new LongrunError('unavailable', `The identity service did not do it: ${errorMessage(error)}`);
}
