import { initializeApp } from 'firebase/app';
import {
  connectAuthEmulator,
  EmailAuthProvider,
  indexedDBLocalPersistence,
  initializeAuth,
  inMemoryPersistence,
  linkWithCredential,
  onIdTokenChanged,
  signInAnonymously,
  signInWithEmailAndPassword,
  signOut,
  type Auth,
  type User,
} from 'firebase/auth';
import type { Config } from './config.ts';

export interface Person {
  uid: string;
  anonymous: boolean;
  email: string | null;
  /** By the claim in the ID token; the server decides by the same one. */
  admin: boolean;
}

export interface Identity {
  token(): Promise<string>;
  /** Takes a new token: what a person may do can have changed since the last one. */
  refresh(): Promise<void>;
  /** Gives an anonymous person a password, and keeps all their runs. */
  keep(email: string, password: string): Promise<void>;
  signIn(email: string, password: string): Promise<void>;
  /** Null where Google sign-in is not possible: locally. */
  google: (() => Promise<void>) | null;
  signOut(): Promise<void>;
}

/** A newcomer is signed in without noticing. `changed` is called with every person from then on. */
export async function openIdentity(config: Config, changed: (person: Person) => void): Promise<Identity> {
  const auth = initializeAuth(initializeApp(config), {
    // In private windows the database may be refused; the person then lasts as long as the tab.
    persistence: [indexedDBLocalPersistence, inMemoryPersistence],
  });
  const local = config.emulators?.auth;
  if (local !== undefined) {
    connectAuthEmulator(auth, `http://${local.host}:${local.port}`, { disableWarnings: true });
  }
  await auth.authStateReady();
  if (auth.currentUser === null) await signInAnonymously(auth);
  onIdTokenChanged(auth, (user) => {
    if (user !== null) void tell(user);
  });
  async function tell(user: User): Promise<void> {
    const person = await personOf(user);
    if (auth.currentUser === user) changed(person);
  }
  return identityOf(auth, local === undefined, changed);
}

function identityOf(auth: Auth, hosted: boolean, changed: (person: Person) => void): Identity {
  const user = (): User => {
    if (auth.currentUser === null) throw new Error('Nobody is signed in.');
    return auth.currentUser;
  };
  return {
    token: async () => (auth.currentUser ?? (await signInAnonymously(auth)).user).getIdToken(),
    async refresh() {
      await user().getIdToken(true);
      changed(await personOf(user()));
    },
    async keep(email, password) {
      await linkWithCredential(user(), EmailAuthProvider.credential(email, password));
      await user().getIdToken(true);
      changed(await personOf(user()));
    },
    async signIn(email, password) {
      await signInWithEmailAndPassword(auth, email, password);
    },
    google: hosted
      ? async () => {
          const {
            browserPopupRedirectResolver,
            GoogleAuthProvider,
            linkWithPopup,
            signInWithPopup,
            signInWithCredential,
          } = await import('./google.ts');
          const provider = new GoogleAuthProvider();
          if (!user().isAnonymous) {
            await signInWithPopup(auth, provider, browserPopupRedirectResolver);
            return;
          }
          try {
            await linkWithPopup(user(), provider, browserPopupRedirectResolver);
            changed(await personOf(user()));
          } catch (error) {
            const credential = GoogleAuthProvider.credentialFromError(error as never);
            if (credential === null) throw error;
            // This Google account has runs of its own already: go there.
            await signInWithCredential(auth, credential);
          }
        }
      : null,
    async signOut() {
      await signOut(auth);
      await signInAnonymously(auth);
    },
  };
}

async function personOf(user: User): Promise<Person> {
  // A token that ran out and cannot be renewed now says nothing; the next one is told as well.
  const claims = await user.getIdTokenResult().then(
    (token) => token.claims,
    () => ({}),
  );
  const admin = 'admin' in claims && claims.admin === true;
  return { uid: user.uid, anonymous: user.isAnonymous, email: user.email, admin };
}
