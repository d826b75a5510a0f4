/** The two sides of a move: an embedded installation, running or not, or a deployed one. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getAuth, type Auth } from 'firebase-admin/auth';
import { GoogleAuth } from 'google-auth-library';
import { finishRestore } from '../../local/backup/restore.ts';
import { startFirestore } from '../../local/firestore/server.ts';
import { startIdentity } from '../../local/identity/server.ts';
import { isRunning, takeFolder } from '../one-at-a-time.ts';
import { actAsAdministrator } from '../secret/installation-secret.ts';
import type { Settings } from '../settings.ts';
import { EMBEDDED_SCHEME, type HashScheme } from './accounts.ts';
import { Documents, type Place } from './documents.ts';
import { addressesOf, databaseFolder, sourcesOf } from './installation.ts';
import { isRecord } from './value.ts';

export interface Endpoint {
  kind: 'embedded' | 'firestore' | 'emulator';
  place: Place;
  /** Whether its workers may be at work. */
  running: boolean;
  documents: Documents;
  auth: Auth;
  /** How its passwords are hashed; null: it does not tell. */
  scheme: () => Promise<HashScheme | null>;
  close: () => Promise<void>;
}

const DATABASE = '(default)';
const INDEXES = new URL('../../firestore/firestore.indexes.json', import.meta.url);

/** The project that Google's clients find with this environment: a deployed one, or an emulator's. Throws when only half is emulated. */
export function openDeployed(project: string, database: string, running: boolean): Endpoint {
  const host = process.env['FIRESTORE_EMULATOR_HOST'] ?? null;
  if ((host === null) !== (process.env['FIREBASE_AUTH_EMULATOR_HOST'] === undefined)) {
    throw new Error('Set both FIRESTORE_EMULATOR_HOST and FIREBASE_AUTH_EMULATOR_HOST, or neither.');
  }
  const kind = host === null ? 'firestore' : 'emulator';
  const scheme = () => (host === null ? schemeOf(project) : Promise.resolve(null));
  return connect({ kind, place: { project, database, host }, running, scheme });
}

/**
 * A local installation to read from. Of a running one a copy is made and read, so that all is of one moment and nobody is kept
 * waiting; a stopped one is read where it lies.
 */
export async function openLocalSource(settings: Settings): Promise<Endpoint> {
  refuseEmulators(settings);
  if (!(await isRunning(settings.data))) return openResting(settings, false);
  const { folder: backups } = settings.backups;
  await mkdir(backups, { recursive: true });
  // Named as an unfinished backup is, so that it does not stay should this process die.
  const folder = await mkdtemp(join(backups, `.making-${process.pid}-export-`));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    for (const { name, copy } of await sourcesOf(settings)) {
      if (!name.startsWith('tasks')) await copy(join(folder, name));
    }
    return await serve(folder, settings.project, true, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A local installation to write to, running or not. */
export async function openLocalTarget(settings: Settings): Promise<Endpoint> {
  refuseEmulators(settings);
  if (!(await isRunning(settings.data))) return openResting(settings, true);
  const { firestore = '', identity = '', project = settings.project } = await addressesOf(settings.data);
  process.env['FIREBASE_AUTH_EMULATOR_HOST'] = new URL(identity).host;
  await actAsAdministrator(settings.data, [firestore, identity]);
  const place = { project, database: DATABASE, host: new URL(firestore).host };
  return connect({ kind: 'embedded', place, running: true, scheme: async () => EMBEDDED_SCHEME });
}

async function openResting(settings: Settings, isTarget: boolean): Promise<Endpoint> {
  await takeFolder(settings.data);
  const folder = databaseFolder(settings);
  await finishRestore(folder);
  if (isTarget) await mkdir(folder, { recursive: true });
  else await sourcesOf(settings); // says when there is nothing
  return serve(folder, settings.project, false, async () => undefined);
}

/** The embedded servers, in this process, on databases that no other has open. */
async function serve(
  folder: string,
  project: string,
  running: boolean,
  afterwards: () => Promise<void>,
): Promise<Endpoint> {
  const data = (name: string) => join(folder, `${name}.sqlite`);
  // With the indexes of `npm start`, so that they are not built twice.
  const indexes = await readFile(INDEXES, 'utf8');
  const firestore = await startFirestore({ data: data('firestore'), project, indexes });
  const identity = await startIdentity({ data: data('identity'), project });
  process.env['FIREBASE_AUTH_EMULATOR_HOST'] = new URL(identity.url).host;
  const place = { project, database: DATABASE, host: new URL(firestore.url).host };
  const endpoint = connect({ kind: 'embedded', place, running, scheme: async () => EMBEDDED_SCHEME });
  const close = async (): Promise<void> => {
    await endpoint.close();
    await Promise.all([firestore.close(), identity.close()]);
    await afterwards();
  };
  return { ...endpoint, close };
}

function connect(side: Pick<Endpoint, 'kind' | 'place' | 'running' | 'scheme'>): Endpoint {
  // As for an emulator: no token is looked for where none is needed.
  if (side.kind !== 'firestore') process.env['METADATA_SERVER_DETECTION'] ??= 'none';
  const documents = new Documents(side.place);
  const app = initializeApp({ projectId: side.place.project }, `moving ${side.place.project}`);
  const close = async (): Promise<void> => {
    await documents.close();
    await deleteApp(app);
  };
  return { ...side, documents, auth: getAuth(app), close };
}

function refuseEmulators({ firestore, identity }: Settings): void {
  if (firestore === null && identity === null) return;
  throw new Error('Some of this installation is kept by an emulator: name its project with --project.');
}

/** Identity Platform's hash parameters (projects.getConfig); null when the caller may not read them. */
async function schemeOf(project: string): Promise<HashScheme | null> {
  const auth = new GoogleAuth({
    scopes: ['https://www.googleapis.com/auth/cloud-platform'],
    projectId: project,
  });
  const url = `https://identitytoolkit.googleapis.com/admin/v2/projects/${project}/config`;
  const { data, status } = await auth.request<unknown>({
    url,
    headers: { 'x-goog-user-project': project },
    validateStatus: (code) => code === 200 || code === 403,
  });
  const signIn = status === 200 && isRecord(data) ? data['signIn'] : undefined;
  const config = isRecord(signIn) ? signIn['hashConfig'] : undefined;
  if (!isRecord(config) || config['algorithm'] !== 'SCRYPT' || typeof config['signerKey'] !== 'string')
    return null;
  return {
    algorithm: 'SCRYPT',
    key: config['signerKey'],
    saltSeparator: String(config['saltSeparator'] ?? ''),
    rounds: Number(config['rounds']),
    memoryCost: Number(config['memoryCost']),
  };
}
