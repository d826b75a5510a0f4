/** The browser build of `firebase/auth` inside Node, for what its Node build leaves out: phones and second factors. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deleteApp, initializeApp } from 'firebase/app';
import type * as AuthSdk from 'firebase/auth';

const require = createRequire(import.meta.url);
const fromFirebase = createRequire(require.resolve('firebase/app'));
const folder = dirname(fromFirebase.resolve('@firebase/auth/package.json'));

export const sdk = (await import(pathToFileURL(join(folder, 'dist/esm/index.js')).href)) as typeof AuthSdk;

/** Nobody is asked to prove that they are no robot. */
export const verifier: AuthSdk.ApplicationVerifier & { _reset: () => void } = {
  type: 'recaptcha',
  verify: async () => Promise.resolve('solved'),
  _reset: () => undefined,
};

let names = 0;

/** A browser profile of its own. */
export function browserAuth(url: string): { auth: AuthSdk.Auth; close: () => Promise<void> } {
  const app = initializeApp({ apiKey: 'any-key' }, `browser-${(names += 1)}`);
  const auth = sdk.initializeAuth(app, { persistence: sdk.inMemoryPersistence });
  sdk.connectAuthEmulator(auth, url, { disableWarnings: true });
  return { auth, close: () => deleteApp(app) };
}
