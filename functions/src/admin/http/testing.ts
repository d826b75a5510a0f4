import { createServer } from 'node:http';
import express, { type Express } from 'express';
import type { CreateRun, Run } from '@longrun/shared';
import { listen } from '../../../../infra/local/net/listen.ts';
import type { IdentityServer } from '../../../../infra/local/identity/server.ts';
import { firebaseAccounts } from '../../adapters/firebase/accounts.ts';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { parseConfig } from '../../config/config.ts';
import type { Accounts } from '../../ports/accounts.ts';
import type { Cdn } from '../../ports/cdn.ts';
import { systemClock } from '../../ports/clock.ts';
import type { Documents } from '../../ports/documents.ts';
import { documentCache } from '../../runtime/cache/document-cache.ts';
import { createRun } from '../../runtime/runs/create-run.ts';
import { Catalog } from '../../project/catalog.ts';
import { readProject } from '../../project/config.ts';
import { processReader } from '../../graph-reader/process-reader.ts';
import { quotasFromConfig } from '../../quotas/from-config.ts';
import { RunStore } from '../../runtime/runs/run-store.ts';
import { firebaseAuthentication } from '../../http/auth.ts';
import { OpenRequests } from '../../http/open-requests.ts';
import { adminApp } from './app.ts';

export interface AdminServer {
  url: string;
  app: Express;
  store: RunStore;
  enqueued: { name: string }[];
  /** Signed in as someone new. */
  newUser(): Promise<Client>;
  newAdmin(): Promise<Client>;
  createRun(uid: string, body?: Partial<CreateRun>): Promise<Run>;
  close(): Promise<void>;
}

export interface Client {
  uid: string;
  token: string;
  call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
}

export const PROJECT = 'demo-admin';

/** The function `admin` over HTTP as functions-framework serves it, with the real identity server and documents in memory. */
export async function serveAdmin(
  identity: IdentityServer,
  options: {
    cdn?: Cdn | null;
    documents?: Documents;
    env?: Record<string, string>;
    accounts?: Accounts;
  } = {},
): Promise<AdminServer> {
  const config = parseConfig({
    GOOGLE_CLOUD_PROJECT: PROJECT,
    WORKER_URL: 'http://127.0.0.1:1/',
    LONGRUN_STORAGE: 'embedded',
    FIREBASE_AUTH_EMULATOR_HOST: new URL(identity.url).host,
    ...options.env,
  });
  const documents = options.documents ?? memoryDocuments();
  const store = new RunStore({ documents, clock: systemClock, ttlMs: 3_600_000 });
  const accounts = options.accounts ?? sharedAccounts;
  const enqueued: { name: string }[] = [];
  const app = adminApp({
    services: {
      config,
      bootId: 'boot',
      store,
      queue: {
        enqueue: async (_task, { name }) => void enqueued.push({ name }),
        check: async () => undefined,
      },
      catalog: new Catalog({ project: await readProject(config.LANGGRAPH_CONFIG), limitMs: 30_000 }),
      cache: documentCache(documents),
      quotas: quotasFromConfig(config, documents, systemClock),
      reader: processReader({ loadMs: 1, callMs: 1 }),
    },
    authenticate: sharedAuthentication,
    accounts,
    cdn: options.cdn ?? null,
    requests: new OpenRequests(),
    version: '1.2.3',
  });
  const outer = express();
  // As functions-framework hands bodies over.
  outer.use(express.json({ verify: (req, _res, raw) => void Object.assign(req, { rawBody: raw }) }), app);
  const server = createServer(outer);
  const url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`;
  const newUser = async (): Promise<Client> => {
    const { idToken, localId } = await signUp(identity);
    return clientOf(url, localId, idToken);
  };
  return {
    url,
    app,
    store,
    enqueued,
    newUser,
    newAdmin: async () => {
      const client = await newUser();
      await accounts.setAdmin(client.uid, true);
      return client;
    },
    createRun: async (uid, body = {}) =>
      (await createRun(store, { uid, body: { assistant_id: 'research', ...body } })).run,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// One of each for a process: the Admin SDK knows its applications by name.
const sharedAccounts = firebaseAccounts(PROJECT);
const sharedAuthentication = firebaseAuthentication(PROJECT);

export function clientOf(url: string, uid: string, token: string): Client {
  return {
    uid,
    token,
    async call(method, path, body) {
      const response = await fetch(`${url}/api/admin${path}`, {
        method,
        headers: {
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
  };
}

async function signUp(identity: IdentityServer): Promise<{ idToken: string; localId: string }> {
  const response = await fetch(`${identity.url}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=k`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ returnSecureToken: true }),
  });
  return (await response.json()) as { idToken: string; localId: string };
}
