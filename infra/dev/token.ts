/**
 * `npm run token -- [--user NAME] [--admin]`: an ID token of a local account, to call the API by hand. Makes the account
 * when there is none. Standard output is the token and nothing else.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { administratorOf } from './secret/installation-secret.ts';

const USAGE = 'Usage: npm run token -- [--user NAME] [--admin]';
const TOOLKIT = 'identitytoolkit.googleapis.com/v1/accounts';

interface Tokens {
  idToken: string;
  refreshToken: string;
  localId: string;
}

type Reply = Record<string, unknown> & { error?: { message: string } };

const { user, admin } = readArguments();
const data = resolve(process.env['LONGRUN_DATA'] ?? '.longrun');
const identity = await readIdentityAddress();
const { idToken, refreshToken, localId } = await signIn(`${user}@longrun.local`, passwordOf(user));
if (admin) {
  const claims = { localId, customAttributes: JSON.stringify({ admin: true }) };
  const failure = (
    await post(`${TOOLKIT}:update`, claims, { authorization: `Bearer ${await administratorOf(data)}` })
  ).error;
  if (failure !== undefined) fail(`The administrator's claim was refused: ${failure.message}`);
}
process.stdout.write(`${admin ? await refreshed(refreshToken) : idToken}\n`);

async function signIn(email: string, password: string): Promise<Tokens> {
  const body = { email, password, returnSecureToken: true };
  const created = await post(`${TOOLKIT}:signUp`, body);
  const reply =
    created.error?.message === 'EMAIL_EXISTS' ? await post(`${TOOLKIT}:signInWithPassword`, body) : created;
  if (reply.error !== undefined) fail(`${email} could not sign in: ${reply.error.message}`);
  return {
    idToken: String(reply['idToken']),
    refreshToken: String(reply['refreshToken']),
    localId: String(reply['localId']),
  };
}

/** Claims appear in the next token only. */
async function refreshed(refreshToken: string): Promise<string> {
  const body = { grant_type: 'refresh_token', refresh_token: refreshToken };
  const reply = await post('securetoken.googleapis.com/v1/token', body);
  if (reply.error !== undefined) fail(`The token could not be refreshed: ${reply.error.message}`);
  return String(reply['id_token']);
}

async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Reply> {
  try {
    const response = await fetch(`${identity}/${path}?key=local`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Reply;
  } catch {
    return fail(`Longrun is not running at ${identity}. Start it with "npm start", then try again.`);
  }
}

async function readIdentityAddress(): Promise<string> {
  const file = join(data, 'addresses.json');
  try {
    const { identity } = JSON.parse(await readFile(file, 'utf8')) as { identity?: unknown };
    if (typeof identity === 'string' && URL.canParse(identity)) return identity;
    return fail(`${file} names no identity server. Start Longrun again with "npm start".`);
  } catch {
    return fail(
      `Longrun is not running: there is no ${file}. Start it with "npm start", then try again ` +
        '(with the same LONGRUN_DATA, if you set it).',
    );
  }
}

/** Not a secret worth keeping: the account is for trying things on this machine. */
function passwordOf(user: string): string {
  return createHash('sha256').update(`longrun local account ${user}`).digest('base64url');
}

function readArguments(): { user: string; admin: boolean } {
  try {
    const options = {
      user: { type: 'string', default: 'dev' },
      admin: { type: 'boolean', default: false },
    } as const;
    const { values } = parseArgs({ options });
    if (/^[A-Za-z0-9._-]{1,64}$/.test(values.user)) return values;
    return fail(`--user takes 1 to 64 letters, digits, ".", "_" or "-".\n${USAGE}`);
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
