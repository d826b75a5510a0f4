import { deleteApp, initializeApp } from 'firebase/app';
import { connectAuthEmulator, inMemoryPersistence, initializeAuth, type Auth } from 'firebase/auth';
import { deleteApp as deleteAdminApp, initializeApp as initializeAdminApp } from 'firebase-admin/app';
import { getAuth as getAdminAuth, type Auth as AdminAuth } from 'firebase-admin/auth';
import { startIdentity, type IdentityOptions, type IdentityServer } from '../server.ts';

export const PROJECT = 'demo-identity';

let names = 0;

/** Google's own clients, pointed at one server. */
export interface Clients {
  server: IdentityServer;
  /** A browser profile of its own. */
  web: () => Auth;
  admin: AdminAuth;
  /** One raw call with the API key; answers status and parsed body. */
  call: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Answer>;
  close: () => Promise<void>;
}

interface Answer {
  status: number;
  body: Record<string, unknown> & { error?: { code: number; message: string } };
}

export async function startClients(options: IdentityOptions = {}): Promise<Clients> {
  const server = await startIdentity({ project: PROJECT, ...options });
  return connectClients(server, server.close);
}

/** For a server that somebody else started; `close` is called after the clients are gone. */
function connectClients(server: { url: string; port: number }, close: () => Promise<void>): Clients {
  // The admin SDK reads this on each request, so the clients of one test file share one server at a time.
  process.env['FIREBASE_AUTH_EMULATOR_HOST'] = `127.0.0.1:${server.port}`;
  const adminApp = initializeAdminApp({ projectId: PROJECT }, `admin-${(names += 1)}`);
  const webApps: ReturnType<typeof initializeApp>[] = [];
  const web = () => {
    const app = initializeApp({ apiKey: 'any-key', projectId: PROJECT }, `web-${(names += 1)}`);
    webApps.push(app);
    const auth = initializeAuth(app, { persistence: inMemoryPersistence });
    connectAuthEmulator(auth, server.url, { disableWarnings: true });
    return auth;
  };
  const call = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.url}${path}${path.includes('?') ? '' : '?key=any-key'}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };
  return {
    server: { ...server, close },
    web,
    admin: getAdminAuth(adminApp),
    call,
    close: async () => {
      await Promise.all(webApps.map((app) => deleteApp(app)));
      await deleteAdminApp(adminApp);
      await close();
    },
  };
}

export const TOOLKIT = '/identitytoolkit.googleapis.com/v1';
export const OWNER = { Authorization: 'Bearer owner' };
