import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Firestore } from '@google-cloud/firestore';
import { actAsAdministrator } from './secret/installation-secret.ts';

/** The message is for the person at the terminal. */
export class Refused extends Error {}

export const isDeployed = (process.env['GOOGLE_CLOUD_PROJECT'] ?? '') !== '';

interface Installation {
  project: string;
  firestore: Firestore;
  /** Of a local one: where its accounts are. */
  identity: string | null;
}

/** Where accounts and log are: as the folder of the running installation says, or as the environment of Google's clients. */
export async function openInstallation(): Promise<Installation> {
  const project = process.env['GOOGLE_CLOUD_PROJECT'] ?? '';
  if (isDeployed) {
    const databaseId = process.env['FIRESTORE_DATABASE'] ?? '(default)';
    return { project, firestore: new Firestore({ projectId: project, databaseId }), identity: null };
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
  return { project: local, firestore: db, identity };
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
