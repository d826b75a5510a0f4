import type { App, Operation } from './app.ts';
import { IdentityError, notAllowed, unimplemented } from './errors.ts';
import { action } from './operations/action.ts';
import { createAuthUri } from './operations/create-auth-uri.ts';
import { batchDelete, deleteAccount, deleteAll } from './operations/delete.ts';
import { importAccounts } from './operations/import.ts';
import { batchGet, queryAccounts } from './operations/list.ts';
import { lookup } from './operations/lookup.ts';
import { listOobCodes, resetPassword, sendOobCode } from './operations/oob.ts';
import * as config from './operations/project-config.ts';
import { refresh } from './operations/refresh.ts';
import { createSessionCookie } from './operations/session-cookie.ts';
import { signInWithCustomToken } from './operations/sign-in-with-custom-token.ts';
import { signInWithEmailLink } from './operations/sign-in-with-email-link.ts';
import { signInWithIdp } from './operations/sign-in-with-idp.ts';
import { signInWithPassword } from './operations/sign-in-with-password.ts';
import { signUp } from './operations/sign-up.ts';
import { update } from './operations/update.ts';

/** Who may call: anyone, anyone naming an API key, the administrator, or either of the last two. */
type Access = 'public' | 'key' | 'admin' | 'key-or-admin';

export interface Route {
  access: Access;
  run: Operation;
}

type Table = { [address: string]: [Access, Operation] };

const TOOLKIT = '/identitytoolkit.googleapis.com';

/** Methods of `accounts`, which exist at the root for users and below a project for administrators. */
const ACCOUNTS: Table = {
  'POST signUp': ['key-or-admin', signUp],
  'POST signInWithPassword': ['key-or-admin', signInWithPassword],
  'POST signInWithIdp': ['key-or-admin', signInWithIdp],
  'POST signInWithCustomToken': ['key-or-admin', signInWithCustomToken],
  'POST signInWithEmailLink': ['key-or-admin', signInWithEmailLink],
  'POST lookup': ['key-or-admin', lookup],
  'POST update': ['key-or-admin', update],
  'POST delete': ['key-or-admin', deleteAccount],
  'POST createAuthUri': ['key-or-admin', createAuthUri],
  'POST sendOobCode': ['key-or-admin', sendOobCode],
  'POST resetPassword': ['key-or-admin', resetPassword],
  'POST query': ['admin', queryAccounts],
  'GET batchGet': ['admin', batchGet],
  'POST batchCreate': ['admin', importAccounts],
  'POST batchDelete': ['admin', batchDelete],
};

/** Everything else; `P` stands for the project. */
const OTHERS: Table = {
  'POST /securetoken.googleapis.com/v1/token': ['key-or-admin', refresh],
  [`GET ${TOOLKIT}/v1/projects`]: ['key', config.publicConfig],
  [`GET ${TOOLKIT}/v1/recaptchaParams`]: ['key', config.recaptchaParams],
  [`GET ${TOOLKIT}/v2/recaptchaConfig`]: ['key', config.recaptchaConfig],
  [`GET ${TOOLKIT}/v2/passwordPolicy`]: ['key', config.passwordPolicy],
  [`POST ${TOOLKIT}/v1/projects/P:createSessionCookie`]: ['admin', createSessionCookie],
  'GET /emulator/action': ['public', action],
  'GET /emulator/v1/projects/P/oobCodes': ['public', listOobCodes],
  'GET /emulator/v1/projects/P/config': ['public', config.emulatorConfig],
  'PATCH /emulator/v1/projects/P/config': ['public', config.setEmulatorConfig],
  'DELETE /emulator/v1/projects/P/accounts': ['public', deleteAll],
};

/**
 * Finds what a request asks for. Throws 404 for an unknown address; 501 or OPERATION_NOT_ALLOWED for what Google offers and this
 * server does not.
 */
export function findRoute(app: App, method: string, path: string): Route {
  const named = /\/projects\/([^/:]+)/.exec(path);
  if (named !== null && named[1] !== app.project) {
    throw new IdentityError(`INVALID_PROJECT_ID : this server holds the project ${app.project}.`);
  }
  const general = path.replace(`/projects/${app.project}`, '/projects/P');
  const other = own(OTHERS, `${method} ${general}`);
  if (other !== undefined) return { access: other[0], run: other[1] };
  const match = /^\/identitytoolkit\.googleapis\.com\/v1\/(projects\/P\/)?accounts(?::(\w+))?$/.exec(general);
  if (match !== null) {
    const [, inProject, name = inProject === undefined ? '' : 'signUp'] = match;
    const account = own(ACCOUNTS, `${method} ${name}`);
    if (account !== undefined) return { access: inProject ? 'admin' : account[0], run: account[1] };
  }
  if (/Phone|VerificationCode|VerificationProof/.test(path)) throw notAllowed('Phone sign-in');
  if (/mfa/.test(path)) throw notAllowed('Multi-factor authentication');
  if (path.startsWith(`${TOOLKIT}/`) || path.startsWith('/emulator/'))
    throw unimplemented(`${method} ${path}`);
  throw new IdentityError('Not Found', 404, 'NOT_FOUND');
}

function own(table: Table, key: string): [Access, Operation] | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
