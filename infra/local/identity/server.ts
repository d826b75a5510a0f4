import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Access } from '../access/access.ts';
import { Administrators } from '../access/administrators.ts';
import { guardOf } from '../access/guard.ts';
import { copyDatabase } from '../backup/copy.ts';
import { backupRoute } from '../backup/route.ts';
import { Witness } from '../backup/witness.ts';
import { openDatabase, TABLES } from './database.ts';
import { IdentityError } from './errors.ts';
import { allowAnyOrigin, answerPreflight, readFields, sendJson } from './http.ts';
import { DEFAULT_PROJECT, Projects } from './projects.ts';
import { findRoute, type Route } from './routes.ts';

export interface IdentityOptions {
  /** 0, the default, picks a free one. */
  port?: number | undefined;
  host?: string | undefined;
  /** The SQLite file; without one, accounts live in memory. */
  data?: string | undefined;
  /** Folder into which `POST /_/backup` may copy that file. */
  backups?: string | undefined;
  /** Of calls that name no project; absent: the project that was named last. */
  project?: string | undefined;
  /** Milliseconds since the epoch; tests move it. */
  now?: (() => number) | undefined;
  access?: Access | undefined;
}

export interface IdentityServer {
  port: number;
  url: string;
  close: () => Promise<void>;
}

/**
 * Identity Toolkit, as `firebase/auth` and `firebase-admin/auth` speak to the Firebase Auth emulator.
 * Source: the REST reference of the Identity Toolkit API and the emulator's documented differences. Rejects when the port or
 * the file cannot be opened.
 */
export async function startIdentity(options: IdentityOptions = {}): Promise<IdentityServer> {
  const { host = '127.0.0.1', now = Date.now } = options;
  const db = openDatabase(options.data, options.project ?? DEFAULT_PROJECT);
  const witness = new Witness(db, options.data, TABLES);
  const projects = new Projects(db, options.project, now);
  const door = { guard: guardOf(options.access, host), administrators: new Administrators(options.access) };
  const bootId = randomUUID();
  const backup = backupRoute({
    data: options.data,
    backups: options.backups,
    administrators: door.administrators,
    copy: (to) => copyDatabase(db, to),
  });
  const server = createServer((request, response) => {
    if (door.guard(request, response) || backup(request, response)) return;
    void answer({ projects, witness }, door.administrators, bootId, request, response);
  });
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((error: unknown) => {
    witness.close();
    db.close();
    throw error;
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const { port } = address;
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
    witness.close();
    db.close();
  };
  return { port, url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, close };
}

async function answer(
  { projects, witness }: { projects: Projects; witness: Witness },
  administrators: Administrators,
  bootId: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    allowAnyOrigin(request, response);
    if (request.method === 'OPTIONS') return answerPreflight(request, response);
    const origin = `http://${request.headers.host ?? 'localhost'}`;
    const url = URL.parse(request.url ?? '/', origin);
    if (url === null) throw new IdentityError('Bad Request', 400);
    if (url.pathname === '/_/health') return sendJson(response, 200, { status: 'ok', boot_id: bootId });
    const { scope, access, run } = findRoute(projects, request.method ?? 'GET', decodePath(url.pathname));
    const privileged = isPrivileged(request, administrators);
    checkAccess(access, privileged, keyOf(request, url), administrators);
    const body = await readFields(request, privileged);
    const app = projects.concerned(scope, body, url.searchParams);
    const call = { body, query: url.searchParams, privileged, origin: url.origin };
    const result = await run(app, call);
    witness.note();
    sendJson(response, 200, result);
  } catch (error) {
    answerError(response, error);
  } finally {
    request.resume();
  }
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new IdentityError('Bad Request', 400);
  }
}

function isPrivileged({ headers }: IncomingMessage, administrators: Administrators): boolean {
  if (headers.authorization === undefined) return false;
  if (administrators.sent(headers.authorization)) return true;
  throw new IdentityError(
    `No other authorization is accepted here. ${administrators.advice}`,
    401,
    'UNAUTHENTICATED',
  );
}

/** Clients of Google's discovery documents send it as a header. */
function keyOf({ headers }: IncomingMessage, { searchParams }: URL): string | undefined {
  return searchParams.get('key') ?? headers['x-goog-api-key']?.toString();
}

function checkAccess(
  access: Route['access'],
  privileged: boolean,
  key: string | undefined,
  administrators: Administrators,
): void {
  if (access === 'public') return;
  if (access !== 'key' && privileged) return;
  if (access === 'admin') {
    throw new IdentityError(administrators.advice, 401, 'UNAUTHENTICATED');
  }
  if (key === undefined) {
    throw new IdentityError('The request is missing a valid API key.', 403, 'PERMISSION_DENIED');
  }
}

function answerError(response: ServerResponse, error: unknown): void {
  if (error instanceof IdentityError) {
    return sendJson(response, error.status, error.toBody());
  }
  if (response.destroyed) return; // the client went away in the middle of its own request
  process.stderr.write(`identity: ${error instanceof Error ? error.stack : String(error)}\n`);
  sendJson(response, 500, new IdentityError('INTERNAL_ERROR', 500, 'INTERNAL').toBody());
}
