/**
 * `npm run token -- [--user NAME] [--admin]`: an ID token of a local account, to call the API by hand. Makes the account
 * when there is none. Standard output is the token and nothing else.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { grantLocally, refreshedLocally, signInLocally } from './local-account.ts';
import { administratorOf } from './secret/installation-secret.ts';

const USAGE = 'Usage: npm run token -- [--user NAME] [--admin]';

try {
  const { user, admin } = readArguments();
  const data = resolve(process.env['LONGRUN_DATA'] ?? '.longrun');
  const identity = await readIdentityAddress(data);
  const { idToken, refreshToken, localId } = await signInLocally(identity, user);
  if (admin) await grantLocally(identity, localId, await administratorOf(data));
  process.stdout.write(`${admin ? await refreshedLocally(identity, refreshToken) : idToken}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function readIdentityAddress(data: string): Promise<string> {
  const file = join(data, 'addresses.json');
  const { identity } = await readAddresses(file);
  if (typeof identity === 'string' && URL.canParse(identity)) return identity;
  throw new Error(`${file} names no identity server. Start Longrun again with "npm start".`);
}

async function readAddresses(file: string): Promise<{ identity?: unknown }> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as { identity?: unknown };
  } catch (cause) {
    throw new Error(
      `Longrun is not running: there is no ${file}. Start it with "npm start", then try again ` +
        '(with the same LONGRUN_DATA, if you set it).',
      { cause },
    );
  }
}

function readArguments(): { user: string; admin: boolean } {
  const { user, admin } = parsed();
  if (/^[A-Za-z0-9._-]{1,64}$/.test(user)) return { user, admin };
  throw new Error(`--user takes 1 to 64 letters, digits, ".", "_" or "-".\n${USAGE}`);
}

function parsed(): { user: string; admin: boolean } {
  try {
    const options = {
      user: { type: 'string', default: 'dev' },
      admin: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ options }).values;
  } catch (cause) {
    throw new Error(`${cause instanceof Error ? cause.message : String(cause)}\n${USAGE}`, { cause });
  }
}
