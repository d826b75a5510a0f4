import type { App, Operation } from './app.ts';
import { IdentityError, notAllowed, unimplemented } from './errors.ts';
import { lookup } from './operations/lookup.ts';
import {
  emulatorConfig,
  passwordPolicy,
  publicConfig,
  recaptchaConfig,
  recaptchaParams,
  setEmulatorConfig,
} from './operations/project-config.ts';
import { refresh } from './operations/refresh.ts';
import { signInWithPassword } from './operations/sign-in-with-password.ts';
import { signUp } from './operations/sign-up.ts';

/** Who may call: anyone, anyone naming an API key, the administrator, or either of the last two. */
type Access = 'public' | 'key' | 'admin' | 'key-or-admin';

export interface Route {
  access: Access;
  run: Operation;
}

const ACCOUNTS: { [method: string]: Route } = {
  'POST signUp': { access: 'key-or-admin', run: signUp },
  'POST signInWithPassword': { access: 'key', run: signInWithPassword },
  'POST lookup': { access: 'key-or-admin', run: lookup },
};

const TOOLKIT = '/identitytoolkit.googleapis.com';

const FIXED: { [path: string]: Route } = {
  [`GET ${TOOLKIT}/v1/projects`]: { access: 'key', run: publicConfig },
  [`GET ${TOOLKIT}/v1/recaptchaParams`]: { access: 'key', run: recaptchaParams },
  [`GET ${TOOLKIT}/v2/recaptchaConfig`]: { access: 'key', run: recaptchaConfig },
  [`GET ${TOOLKIT}/v2/passwordPolicy`]: { access: 'key', run: passwordPolicy },
  'POST /securetoken.googleapis.com/v1/token': { access: 'key', run: refresh },
};

/** Finds what a request asks for. Throws 404 for an unknown address, 501 or OPERATION_NOT_ALLOWED for what Google has and we do not. */
export function findRoute(app: App, method: string, path: string): Route {
  const fixed = FIXED[`${method} ${path}`];
  if (fixed !== undefined) return fixed;
  const inProject = /^(.*\/projects\/)([^/:]+)(.*)$/.exec(path);
  if (inProject !== null && inProject[2] !== app.project) {
    throw new IdentityError(`INVALID_PROJECT_ID : this server holds the project ${app.project}.`);
  }
  const config = /^\/emulator\/v1\/projects\/[^/]+\/config$/.test(path);
  if (config && method === 'GET') return { access: 'public', run: emulatorConfig };
  if (config && method === 'PATCH') return { access: 'public', run: setEmulatorConfig };
  const account = /^\/identitytoolkit\.googleapis\.com\/v1\/(projects\/[^/]+\/)?accounts(?::(\w+))?$/.exec(
    path,
  );
  if (account !== null) {
    const name = account[2] ?? (account[1] === undefined ? '' : 'signUp');
    const route = ACCOUNTS[`${method} ${name}`];
    if (route !== undefined) return account[1] === undefined ? route : { ...route, access: 'admin' };
    if (/Phone|mfa/i.test(name)) throw notAllowed('Phone sign-in');
  }
  if (path.startsWith(`${TOOLKIT}/v`) || path.startsWith('/emulator/'))
    throw unimplemented(`${method} ${path}`);
  throw new IdentityError('Not Found', 404, 'NOT_FOUND');
}
