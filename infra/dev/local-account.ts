import { createHash } from 'node:crypto';

const TOOLKIT = 'identitytoolkit.googleapis.com/v1/accounts';

interface Tokens {
  idToken: string;
  refreshToken: string;
  localId: string;
}

type Reply = Record<string, unknown> & { error?: { message: string } };

/** Signs an account of the local installation in by its name, and makes it when there is none. */
export async function signInLocally(identity: string, user: string): Promise<Tokens> {
  const email = `${user}@longrun.local`;
  const body = { email, password: passwordOf(user), returnSecureToken: true };
  const created = await askIdentity(identity, `${TOOLKIT}:signUp`, body);
  const reply =
    created.error?.message === 'EMAIL_EXISTS'
      ? await askIdentity(identity, `${TOOLKIT}:signInWithPassword`, body)
      : created;
  if (reply.error !== undefined) throw new Error(`${email} could not sign in: ${reply.error.message}`);
  return {
    idToken: String(reply['idToken']),
    refreshToken: String(reply['refreshToken']),
    localId: String(reply['localId']),
  };
}

/** Makes it an administrator's with its next token. `administrator`: what the installation's own servers accept. */
export async function grantLocally(identity: string, localId: string, administrator: string): Promise<void> {
  const claims = { localId, customAttributes: JSON.stringify({ admin: true }) };
  const headers = { authorization: `Bearer ${administrator}` };
  const { error } = await askIdentity(identity, `${TOOLKIT}:update`, claims, headers);
  if (error !== undefined) throw new Error(`The administrator's claim was refused: ${error.message}`);
}

/** Claims appear in the next token only. */
export async function refreshedLocally(identity: string, refreshToken: string): Promise<string> {
  const body = { grant_type: 'refresh_token', refresh_token: refreshToken };
  const reply = await askIdentity(identity, 'securetoken.googleapis.com/v1/token', body);
  if (reply.error !== undefined) throw new Error(`The token could not be refreshed: ${reply.error.message}`);
  return String(reply['id_token']);
}

async function askIdentity(
  identity: string,
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Reply> {
  try {
    const response = await fetch(`${identity}/${path}?key=local`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Reply;
  } catch (cause) {
    throw new Error(`Longrun is not running at ${identity}. Start it with "npm start", then try again.`, {
      cause,
    });
  }
}

/** Not a secret worth keeping: the account is for trying things on this machine. */
function passwordOf(user: string): string {
  return createHash('sha256').update(`longrun local account ${user}`).digest('base64url');
}
