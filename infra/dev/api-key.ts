/**
 * `npm run api-key -- make NAME [--user UID|EMAIL] [--days N]`, `list`, `revoke ID`: keys by which programs call the API of the
 * local installation that is running or, with GOOGLE_CLOUD_PROJECT set, of a deployed one, by the application default
 * credentials. Standard output of `make` is the key and nothing else. What is made or revoked is noted in the audit log first.
 */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import type { Firestore } from '@google-cloud/firestore';
import { endOfApiKey, MAX_API_KEY_DAYS, MAX_API_KEY_NAME_CHARS } from '@longrun/shared';
import { firebaseAccounts } from '../../functions/src/adapters/firebase/accounts.ts';
import { firestoreDocuments } from '../../functions/src/adapters/firestore/documents.ts';
import { audited } from '../../functions/src/admin/audit.ts';
import type { ApiKey } from '../../functions/src/http/agent/keys/api-key.ts';
import { KeyKeeper } from '../../functions/src/http/agent/keys/keeper.ts';
import { systemClock } from '../../functions/src/ports/clock.ts';
import { signInLocally } from './local-account.ts';
import { openInstallation, Refused } from './open-installation.ts';

const USAGE = 'Usage: npm run api-key -- make NAME [--user UID|EMAIL] [--days N] | list | revoke ID';

type Command =
  | { name: 'list' }
  | { name: 'revoke'; id: string }
  | { name: 'make'; title: string; user: string | undefined; days: number | undefined };

let db: Firestore | undefined;
try {
  const command = readCommand(process.argv.slice(2));
  const { project, firestore, identity } = await openInstallation();
  db = firestore;
  const documents = firestoreDocuments(firestore);
  const context = { documents, clock: systemClock };
  const keeper = new KeyKeeper(documents, systemClock);
  const by = { uid: `command:${userInfo().username}`, email: null };
  if (command.name === 'list') list(await keeper.listAll());
  else if (command.name === 'revoke') {
    await audited(context, { by, action: 'revoke_api_key', target: command.id }, async () => {
      const { name } = await keeper.revoke(command.id);
      return { result: undefined, detail: name };
    });
    print(`${command.id} is revoked: within half a minute nobody gets in with it any more.`);
  } else {
    const { title: name, days } = command;
    const uid = await ownerOf(command.user, project, identity);
    const key = await audited(context, { by, action: 'make_api_key', target: uid }, async () => {
      const { key: fresh, made } = await keeper.make({ uid, anonymous: false, name, days });
      return { result: fresh, detail: `${made.id} ${name}` };
    });
    print(key);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await db?.terminate();
}

/** Whose programs come with the key. Locally that may be the account of `npm run token`. */
async function ownerOf(user: string | undefined, project: string, identity: string | null): Promise<string> {
  if (user === undefined) {
    if (identity === null) throw new Refused(`Say whose key it is: --user UID|EMAIL.\n${USAGE}`);
    return (await signInLocally(identity, 'dev')).localId;
  }
  const accounts = firebaseAccounts(project);
  const account = await (user.includes('@') ? accounts.byEmail(user) : accounts.byUid(user));
  if (account !== undefined) return account.uid;
  throw new Refused(`There is no account ${user}. They must have signed in once; then try again.`);
}

function list(keys: readonly ApiKey[]): void {
  if (keys.length === 0) print('There is no key. Make one: npm run api-key -- make NAME');
  const now = systemClock.now();
  for (const key of keys) {
    const { id, hint, uid, name, created_at, expires_at, last_used_at } = key;
    const state = endOfApiKey(key, now) ?? (expires_at === null ? 'good' : `good until ${expires_at}`);
    const used = last_used_at === null ? 'never used' : `last used ${last_used_at}`;
    print([id, hint, `of ${uid}`, JSON.stringify(name), `made ${created_at}`, state, used].join('  '));
  }
}

function readCommand(args: string[]): Command {
  const { positionals, values } = parsed(args);
  const [name, what, ...more] = positionals;
  const { user, days } = values;
  const isPlain = user === undefined && days === undefined;
  if (name === 'list' && what === undefined && isPlain) return { name };
  if (what === undefined || more.length > 0) throw new Refused(USAGE);
  if (name === 'revoke' && isPlain && /^[\w-]{1,100}$/.test(what)) return { name, id: what };
  const title = what.trim();
  if (name !== 'make' || title === '' || title.length > MAX_API_KEY_NAME_CHARS) throw new Refused(USAGE);
  if (user !== undefined && !/^[^\s/]{1,320}$/.test(user)) throw new Refused(USAGE);
  const number = days === undefined ? undefined : Number(days);
  if (number !== undefined && !(number > 0 && number <= MAX_API_KEY_DAYS)) {
    throw new Refused(`--days takes a number up to ${MAX_API_KEY_DAYS}.\n${USAGE}`);
  }
  return { name, title, user, days: number };
}

function parsed(args: string[]) {
  try {
    const options = { user: { type: 'string' }, days: { type: 'string' } } as const;
    return parseArgs({ args, options, allowPositionals: true });
  } catch (cause) {
    throw new Refused(`${cause instanceof Error ? cause.message : String(cause)}\n${USAGE}`, { cause });
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
