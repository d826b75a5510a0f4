/** A signed-in instance of the browser SDK. */
import type { Firestore, FirestoreSettings } from 'firebase/firestore';
import { app, Component, sdk } from './browser-sdk.ts';
import { idToken } from './serve.ts';

let count = 0;

export interface SdkClient {
  readonly db: Firestore;
  /** How many tokens the SDK has asked for. */
  readonly tokens: () => number;
  /** The user's token changes, as an hourly refresh or a new sign-in does. */
  changeUser(uid: string | undefined, claims?: Record<string, unknown>): void;
}

type TokenListener = (token: string | null) => void;

export function sdkClient(url: string, uid?: string, settings: FirestoreSettings = {}): SdkClient {
  count += 1;
  let current = uid;
  let extra: Record<string, unknown> = {};
  let tokens = 0;
  const listeners = new Set<TokenListener>();
  const token = (): string | null => (current === undefined ? null : idToken({ sub: current, ...extra }));
  const firebase = app.initializeApp({ projectId: 'p', apiKey: 'k' }, `test-${String(count)}`);
  const auth = {
    getUid: () => current ?? null,
    getToken: async () => {
      tokens += 1;
      const accessToken = token();
      return Promise.resolve(accessToken === null ? null : { accessToken });
    },
    addAuthTokenListener(listener: TokenListener) {
      listeners.add(listener);
      queueMicrotask(() => listener(token()));
    },
    removeAuthTokenListener: (listener: TokenListener) => listeners.delete(listener),
  };
  // The name under which firebase/auth offers itself to the other SDKs.
  app._addComponent(firebase, new Component('auth-internal', () => auth, 'PRIVATE'));
  const db = sdk.initializeFirestore(firebase, settings);
  const { hostname, port } = new URL(url);
  sdk.connectFirestoreEmulator(db, hostname, Number(port));
  return {
    db,
    tokens: () => tokens,
    changeUser(next, claims = {}) {
      current = next;
      extra = claims;
      for (const listener of listeners) listener(token());
    },
  };
}
