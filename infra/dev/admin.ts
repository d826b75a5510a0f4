/**
 * `npm run admin -- grant EMAIL|UID`, `revoke EMAIL|UID`, `list`: who may operate the local installation that is running or,
 * with GOOGLE_CLOUD_PROJECT set, a deployed one, by the application default credentials. Grants and revocations are noted in
 * the audit log first.
 */
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { Firestore } from '@google-cloud/firestore';
import { firebaseAccounts } from '../../functions/src/adapters/firebase/accounts.ts';
import { firestoreDocuments } from '../../functions/src/adapters/firestore/documents.ts';
import type { Account, Accounts } from '../../functions/src/ports/accounts.ts';
import { systemClock } from '../../functions/src/ports/clock.ts';
import { audited } from '../../functions/src/admin/audit.ts';
import { firstAdminWrite } from '../../functions/src/admin/claim.ts';
import { actAsAdministrator } from './secret/installation-secret.ts';

const USAGE = 'Usage: npm run admin -- grant EMAIL|UID | revoke EMAIL|UID | list';

type Command = { name: 'list' } | { name: 'grant' | 'revoke'; who: string };

/** The message is for the person at the terminal. */
class Refused extends Error {}

const isDeployed = (process.env['GOOGLE_CLOUD_PROJECT'] ?? '') !== '';
let db: Firestore | undefined;
try {
  const command = readCommand(process.argv.slice(2));
  const { project, firestore } = await openInstallation();
  db = firestore;
  const accounts = firebaseAccounts(project);
  if (command.name === 'list') await list(accounts);
  else await change(accounts, firestore, command.name, command.who);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await db?.terminate();
}

async function list(accounts: Accounts): Promise<void> {
  const admins = await accounts.admins();
  for (const account of admins) print(nameOf(account));
  if (admins.length === 0) print('There is no administrator. Make one: npm run admin -- grant EMAIL');
}

async function change(
  accounts: Accounts,
  firestore: Firestore,
  name: 'grant' | 'revoke',
  who: string,
): Promise<void> {
  const account = await (who.includes('@') ? accounts.byEmail(who) : accounts.byUid(who));
  if (account === undefined) {
    throw new Refused(`There is no account ${who}. They must have signed in once; then try again.`);
  }
  const admin = name === 'grant';
  if (account.admin === admin) {
    print(`${nameOf(account)} is ${admin ? 'an administrator already' : 'no administrator'}.`);
    return;
  }
  if (admin && isDeployed && who.includes('@') && !account.emailVerified) {
    throw new Refused(
      `Nobody has shown that ${who} is theirs, so this may be somebody else's account. Name its uid if you are sure: ` +
        account.uid,
    );
  }
  const documents = firestoreDocuments(firestore);
  const by = { uid: `command:${userInfo().username}`, email: null };
  await audited(
    { documents, clock: systemClock },
    { by, action: admin ? 'grant_admin' : 'revoke_admin', target: account.uid },
    async () => {
      await accounts.setAdmin(account.uid, admin);
      return { result: undefined, detail: account.email ?? '' };
    },
    admin ? { with: [firstAdminWrite('merge', account.uid, systemClock.now())] } : {},
  );
  print(`${nameOf(account)} is ${admin ? 'an administrator now' : 'no administrator any more'}.`);
}

/** Where accounts and log are: as the folder of the running installation says, or as the environment of Google's clients. */
async function openInstallation(): Promise<{ project: string; firestore: Firestore }> {
  const project = process.env['GOOGLE_CLOUD_PROJECT'] ?? '';
  if (isDeployed) {
    const databaseId = process.env['FIRESTORE_DATABASE'] ?? '(default)';
    return { project, firestore: new Firestore({ projectId: project, databaseId }) };
  }
  const { firestore, identity, project: local } = await readAddresses();
  process.env['METADATA_SERVER_DETECTION'] ??= 'none';
  process.env['FIREBASE_AUTH_EMULATOR_HOST'] = new URL(identity).host;
  await actAsAdministrator(dataFolder(), [firestore, identity]);
  const db = new Firestore({
    projectId: local,
    host: new URL(firestore).host,
    ssl: false,
  });
  return { project: local, firestore: db };
}

function dataFolder(): string {
  return resolve(process.env['LONGRUN_DATA'] || '.longrun');
}

async function readAddresses(): Promise<{ firestore: string; identity: string; project: string }> {
  const file = join(dataFolder(), 'addresses.json');
  try {
    const addresses = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const [firestore, identity] = [String(addresses['firestore']), String(addresses['identity'])];
    const project = String(addresses['project']);
    await fetch(identity, { signal: AbortSignal.timeout(5_000) });
    return { firestore, identity, project };
  } catch (cause) {
    throw new Refused(
      `Longrun is not running: ${file} names no identity server that answers. Start it with "npm start", then try again (with ` +
        'the same LONGRUN_DATA, if you set it), or set GOOGLE_CLOUD_PROJECT for a deployed one.',
      { cause },
    );
  }
}

function readCommand([name, who, ...more]: string[]): Command {
  if (name === 'list' && who === undefined) return { name };
  const isChange = name === 'grant' || name === 'revoke';
  if (isChange && who !== undefined && more.length === 0 && /^[^\s/]{1,320}$/.test(who)) return { name, who };
  throw new Refused(USAGE);
}

function nameOf({ uid, email }: Account): string {
  return email === null ? uid : `${email} (${uid})`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
