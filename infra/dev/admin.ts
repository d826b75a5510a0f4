/**
 * `npm run admin -- grant EMAIL|UID`, `revoke EMAIL|UID`, `list`: who may operate the local installation that is running or,
 * with GOOGLE_CLOUD_PROJECT set, a deployed one, by the application default credentials. Grants and revocations are noted in
 * the audit log first.
 */
import { userInfo } from 'node:os';
import type { Firestore } from '@google-cloud/firestore';
import { firebaseAccounts } from '../../functions/src/adapters/firebase/accounts.ts';
import { firestoreDocuments } from '../../functions/src/adapters/firestore/documents.ts';
import type { Account, Accounts } from '../../functions/src/ports/accounts.ts';
import { systemClock } from '../../functions/src/ports/clock.ts';
import { audited } from '../../functions/src/admin/audit.ts';
import { firstAdminWrite } from '../../functions/src/admin/claim.ts';
import { isDeployed, openInstallation, Refused } from './open-installation.ts';

const USAGE = 'Usage: npm run admin -- grant EMAIL|UID | revoke EMAIL|UID | list';

type Command = { name: 'list' } | { name: 'grant' | 'revoke'; who: string };

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
