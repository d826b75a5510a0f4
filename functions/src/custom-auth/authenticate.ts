import type { Authenticate, User } from '../http/auth.ts';
import { uidOfIdentity } from '../lib/uid.ts';
import type { AuthRequest, CustomAuth } from './custom-auth.ts';

type Asking = Parameters<Authenticate>[0];

/**
 * Users of the project's own: each identity is one of ours, who operates nothing. A request is asked about once, however many
 * parts of this process want to know whose it is.
 */
export function customAuthentication(auth: Pick<CustomAuth, 'authenticate'>): Authenticate {
  const known = new WeakMap<Asking, Promise<User>>();
  const find = async (req: Asking): Promise<User> => {
    const identity = await auth.authenticate(requestOf(req));
    return { uid: uidOfIdentity(identity.identity), admin: false, anonymous: false, identity };
  };
  return async (req) => {
    const found = known.get(req) ?? find(req);
    known.set(req, found);
    return await found;
  };
}

/** As the caller wrote it, but for a key of ours: it is a secret between its owner and us. */
function requestOf(req: Asking): AuthRequest {
  const headers = Object.entries(req.headers).flatMap(([name, value]): [string, string][] =>
    value === undefined || isOurKey(name, value)
      ? []
      : [value].flat().map((one): [string, string] => [name, one]),
  );
  return { method: req.method ?? 'GET', url: urlOf(req), headers };
}

const isOurKey = (name: string, value: string | string[]) =>
  name === 'x-api-key' && [value].flat().some((one) => one.trim().startsWith('lr_'));

function urlOf(req: Asking): string {
  const path =
    'originalUrl' in req && typeof req.originalUrl === 'string' ? req.originalUrl : (req.url ?? '/');
  const text = `http://${req.headers.host ?? 'localhost'}${path}`;
  const url = new URL(URL.canParse(text) ? text : 'http://localhost/');
  // `new Request` refuses these.
  url.username = '';
  url.password = '';
  return url.href;
}
