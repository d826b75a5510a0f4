import type { Operation } from './app.ts';
import { IdentityError, unimplemented } from './errors.ts';
import { action } from './operations/action.ts';
import { createAuthUri } from './operations/create-auth-uri.ts';
import { batchDelete, deleteAccount, deleteAll } from './operations/delete.ts';
import { importAccounts } from './operations/import.ts';
import { batchGet, queryAccounts } from './operations/list.ts';
import { lookup } from './operations/lookup.ts';
import {
  createTenant,
  deleteTenant,
  getTenant,
  listTenants,
  updateTenant,
} from './operations/manage-tenants.ts';
import {
  finalizeMfaEnrollment,
  startMfaEnrollment,
  withdrawMfaEnrollment,
} from './operations/mfa-enrollment.ts';
import { finalizeMfaSignIn, startMfaSignIn } from './operations/mfa-sign-in.ts';
import { listOobCodes, resetPassword, sendOobCode } from './operations/oob.ts';
import {
  listVerificationCodes,
  sendVerificationCode,
  signInWithPhoneNumber,
} from './operations/phone-sign-in.ts';
import * as config from './operations/project-config.ts';
import { refresh } from './operations/refresh.ts';
import { createSessionCookie } from './operations/session-cookie.ts';
import { signInWithCustomToken } from './operations/sign-in-with-custom-token.ts';
import { signInWithEmailLink } from './operations/sign-in-with-email-link.ts';
import { signInWithIdp } from './operations/sign-in-with-idp.ts';
import { signInWithPassword } from './operations/sign-in-with-password.ts';
import { signUp } from './operations/sign-up.ts';
import { update } from './operations/update.ts';
import type { Projects, Scope } from './projects.ts';

/** Who may call: anyone, anyone naming an API key, the administrator, or either of the last two. */
type Access = 'public' | 'key' | 'admin' | 'key-or-admin';

export interface Route {
  scope: Scope;
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
  'POST sendVerificationCode': ['key-or-admin', sendVerificationCode],
  'POST signInWithPhoneNumber': ['key-or-admin', signInWithPhoneNumber],
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
  [`POST ${TOOLKIT}/v2/accounts/mfaEnrollment:start`]: ['key', startMfaEnrollment],
  [`POST ${TOOLKIT}/v2/accounts/mfaEnrollment:finalize`]: ['key', finalizeMfaEnrollment],
  [`POST ${TOOLKIT}/v2/accounts/mfaEnrollment:withdraw`]: ['key', withdrawMfaEnrollment],
  [`POST ${TOOLKIT}/v2/accounts/mfaSignIn:start`]: ['key', startMfaSignIn],
  [`POST ${TOOLKIT}/v2/accounts/mfaSignIn:finalize`]: ['key', finalizeMfaSignIn],
  [`GET ${TOOLKIT}/v2/projects/P/config`]: ['admin', config.projectConfig],
  [`PATCH ${TOOLKIT}/v2/projects/P/config`]: ['admin', config.setProjectConfig],
  [`GET ${TOOLKIT}/v2/projects/P/tenants`]: ['admin', listTenants],
  [`POST ${TOOLKIT}/v2/projects/P/tenants`]: ['admin', createTenant],
  'GET /': ['public', () => ({ authEmulator: { ready: true } })],
  'GET /emulator/action': ['public', action],
  'GET /emulator/v1/projects/P/oobCodes': ['public', listOobCodes],
  'GET /emulator/v1/projects/P/verificationCodes': ['public', listVerificationCodes],
  'GET /emulator/v1/projects/P/config': ['public', config.emulatorConfig],
  'PATCH /emulator/v1/projects/P/config': ['public', config.setEmulatorConfig],
  'DELETE /emulator/v1/projects/P/accounts': ['admin', deleteAll],
};

/** A tenant itself, as opposed to what is below it. */
const TENANT = /^\/identitytoolkit\.googleapis\.com\/v2\/projects\/P\/tenants\/([^/:]+)$/;
const TENANTS: { [method: string]: (tenantId: string) => Operation } = {
  GET: getTenant,
  PATCH: updateTenant,
  DELETE: deleteTenant,
};

/** Finds what a request asks for, and of which project. Throws 404 for an unknown address; 501 for what Google offers and this server does not. */
export function findRoute(projects: Projects, method: string, path: string): Route {
  const [place = '', name, tenantId] =
    /\/projects\/([^/:]+)(?:\/tenants\/([^/:]+)(?=[/:]))?/.exec(path) ?? [];
  const project = name === undefined ? projects.main() : projects.named(name);
  const general = name === undefined ? path : path.replace(place, '/projects/P');
  if (general.startsWith(`${TOOLKIT}/v2/projects/P/`)) {
    const scope: Scope = { project, tenants: 'none' };
    const [, id] = TENANT.exec(general) ?? [];
    const tenant = id === undefined ? undefined : own(TENANTS, method)?.(id);
    if (tenant !== undefined) return { scope, access: 'admin', run: tenant };
    const setting = tenantId === undefined ? own(OTHERS, `${method} ${general}`) : undefined;
    if (setting === undefined) throw unimplemented(`${method} ${path}`);
    return { scope, access: setting[0], run: setting[1] };
  }
  const scope: Scope = { project, tenantId, tenants: name === undefined ? 'body or token' : 'body' };
  const other = own(OTHERS, `${method} ${general}`);
  if (other !== undefined) return { scope, access: other[0], run: other[1] };
  const match = /^\/identitytoolkit\.googleapis\.com\/v1\/(projects\/P\/)?accounts(?::(\w+))?$/.exec(general);
  if (match !== null) {
    const [, inProject, action = inProject === undefined ? '' : 'signUp'] = match;
    const account = own(ACCOUNTS, `${method} ${action}`);
    if (account !== undefined) return { scope, access: inProject ? 'admin' : account[0], run: account[1] };
  }
  if (path.startsWith(`${TOOLKIT}/`) || path.startsWith('/emulator/'))
    throw unimplemented(`${method} ${path}`);
  throw new IdentityError('Not Found', 404, 'NOT_FOUND');
}

function own<T>(table: { [key: string]: T }, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
