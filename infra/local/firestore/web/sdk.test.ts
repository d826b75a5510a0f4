/** The unmodified browser SDK against the web interface and the engine behind it. */
import type { DocumentSnapshot, Firestore, FirestoreSettings, QuerySnapshot } from 'firebase/firestore';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from '../engine/engine.ts';
import type { Engine } from '../engine/engine.ts';
import { createAuthorizer } from '../rules/index.ts';
import { app, lite, sdk } from './testing/browser-sdk.ts';
import { sdkClient } from './testing/sdk-client.ts';
import { idToken, serve } from './testing/serve.ts';
import type { Served } from './testing/serve.ts';
import { eventually } from '../../testing/eventually.ts';

const RULES = `rules_version = '2';
service cloud.firestore { match /databases/{db}/documents {
  match /open/{id=**} { allow read, write; }
  match /{path=**}/group/{id} { allow read; }
  match /users/{uid}/{rest=**} { allow read: if request.auth.uid == uid; allow write: if request.auth.uid == uid && request.resource.data.ok == true; }
  match /owned/{id} { allow list: if resource.data.owner == request.auth.uid; }
  match /admin/{id} { allow read: if request.auth.token.admin == true; }
} }`;

let engine: Engine;
let served: Served;
const clients: Firestore[] = [];

beforeEach(async () => {
  engine = createEngine({ authorizer: createAuthorizer(RULES) });
  served = await serve({ api: engine.api, guarded: () => true });
  sdk.setLogLevel('silent');
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((db) => sdk.terminate(db)));
  served.close();
  engine.close();
});

function connect(uid?: string, settings?: FirestoreSettings): ReturnType<typeof sdkClient> {
  const client = sdkClient(served.url, uid, settings);
  clients.push(client.db);
  return client;
}

const database = 'projects/p/databases/(default)';

/** A document as the server has it, written past the rules. */
const put = (path: string, text: string): Promise<unknown> =>
  engine.api.commit(
    {
      database,
      writes: [
        { update: { name: `${database}/documents/${path}`, fields: { text: { stringValue: text } } } },
      ],
    },
    { kind: 'admin' },
  );

const textOf = (snapshot: DocumentSnapshot | undefined): unknown => snapshot?.get('text');
const textsOf = (snapshot: QuerySnapshot | undefined): unknown[] => snapshot?.docs.map(textOf) ?? [];

describe.each([
  ['streaming', {}],
  ['long polling', { experimentalForceLongPolling: true }],
  ['streaming by XMLHttpRequest detection', { experimentalAutoDetectLongPolling: true }],
])('%s', (_, settings) => {
  it('a document: absent, created, changed, deleted', async () => {
    const { db } = connect(undefined, settings);
    const target = sdk.doc(db, 'open/a');
    const seen: unknown[] = [];
    sdk.onSnapshot(target, (snapshot) => seen.push(snapshot.exists() ? textOf(snapshot) : 'absent'));
    await eventually(() => expect(seen).toEqual(['absent']));
    await put('open/a', 'one');
    await eventually(() => expect(seen.at(-1)).toBe('one'));
    await sdk.setDoc(target, { text: 'two' });
    expect(seen.at(-1)).toBe('two');
    await sdk.deleteDoc(target);
    await eventually(() => expect(seen.at(-1)).toBe('absent'));
  });

  it('text beyond the basic plane, and a document of 900 KB', async () => {
    const { db } = connect(undefined, settings);
    const texts = ['é漢🚀👩‍👩‍👧', '\u2028\u0000"\\\n', '🚀'.repeat(225_000)];
    for (const text of texts) {
      await put('open/a', text);
      expect(textOf(await sdk.getDocFromServer(sdk.doc(db, 'open/a')))).toBe(text);
      await sdk.setDoc(sdk.doc(db, 'open/b'), { text });
      expect(textOf(await sdk.getDocFromServer(sdk.doc(db, 'open/b')))).toBe(text);
    }
  });
});

describe('listening', () => {
  it('a collection and a collection group', async () => {
    const { db } = connect();
    await put('open/a/group/x', 'x');
    let group: QuerySnapshot | undefined;
    let collection: QuerySnapshot | undefined;
    sdk.onSnapshot(sdk.collectionGroup(db, 'group'), (snapshot) => (group = snapshot));
    sdk.onSnapshot(sdk.collection(db, 'open/a/group'), (snapshot) => (collection = snapshot));
    await eventually(() => expect([textsOf(group), textsOf(collection)]).toEqual([['x'], ['x']]));
    await put('open/b/group/y', 'y');
    await eventually(() => expect(textsOf(group)).toEqual(['x', 'y']));
    expect(textsOf(collection)).toEqual(['x']);
  });

  it('one’s own write is seen at once, and confirmed later', async () => {
    const { db } = connect();
    const seen: [unknown, boolean][] = [];
    sdk.onSnapshot(sdk.doc(db, 'open/a'), { includeMetadataChanges: true }, (snapshot) =>
      seen.push([textOf(snapshot), snapshot.metadata.hasPendingWrites]),
    );
    await eventually(() => expect(seen.length).toBeGreaterThan(0));
    void sdk.setDoc(sdk.doc(db, 'open/a'), { text: 'mine' });
    await eventually(() =>
      expect(seen.slice(-2)).toEqual([
        ['mine', true],
        ['mine', false],
      ]),
    );
  });

  it('40 listeners on one connection each see their own document', async () => {
    const { db } = connect();
    const seen: unknown[] = [];
    for (let i = 0; i < 40; i += 1) {
      sdk.onSnapshot(sdk.doc(db, `open/d${String(i)}`), (snapshot) => (seen[i] = textOf(snapshot)));
    }
    await eventually(() => expect(Object.keys(seen).length).toBe(40));
    await Promise.all(seen.map((_, i) => put(`open/d${String(i)}`, `text ${String(i)}`)));
    await eventually(() => expect(seen).toEqual(seen.map((_, i) => `text ${String(i)}`)));
    expect(served.web.sessions).toBe(1);
  });

  it('offline and online again: what happened meanwhile arrives', async () => {
    const { db } = connect();
    let seen: unknown;
    sdk.onSnapshot(sdk.collection(db, 'open'), (snapshot) => (seen = textsOf(snapshot)));
    await put('open/a', 'a');
    await eventually(() => expect(seen).toEqual(['a']));
    await sdk.disableNetwork(db);
    await put('open/b', 'b');
    const written = sdk.setDoc(sdk.doc(db, 'open/c'), { text: 'c' });
    await sdk.enableNetwork(db);
    await written;
    await eventually(() => expect(seen).toEqual(['a', 'b', 'c']));
  });

  it('a server that restarted on the same port is found again', async () => {
    const { db } = connect();
    let seen: unknown;
    sdk.onSnapshot(sdk.doc(db, 'open/a'), (snapshot) => (seen = textOf(snapshot)));
    await put('open/a', 'before');
    await eventually(() => expect(seen).toBe('before'));
    const port = Number(new URL(served.url).port);
    served.close();
    served = await serve({ api: engine.api, guarded: () => true }, port);
    await put('open/a', 'after');
    await sdk.disableNetwork(db);
    await sdk.enableNetwork(db);
    await eventually(() => expect(seen).toBe('after'));
  });

  it('the end of the SDK ends its sessions', async () => {
    const { db } = connect();
    await sdk.getDoc(sdk.doc(db, 'open/a'));
    await sdk.setDoc(sdk.doc(db, 'open/a'), {});
    await sdk.terminate(db);
    await eventually(() => expect(served.web.sessions).toBe(0));
  });
});

describe('rules', () => {
  const outcome = async (action: Promise<unknown>): Promise<string> =>
    action.then(
      () => 'done',
      (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
    );

  it('two users see only what is theirs', async () => {
    await put('users/ann/notes/1', 'private');
    const [ann, bob] = [connect('ann').db, connect('bob').db];
    const read = (db: Firestore): Promise<string> =>
      outcome(sdk.getDocFromServer(sdk.doc(db, 'users/ann/notes/1')));
    expect(await Promise.all([read(ann), read(bob), read(connect().db)])).toEqual([
      'done',
      'permission-denied',
      'permission-denied',
    ]);
    const list = (db: Firestore): Promise<string> =>
      outcome(sdk.getDocsFromServer(sdk.collection(db, 'users/ann/notes')));
    expect(await Promise.all([list(ann), list(bob)])).toEqual(['done', 'permission-denied']);
  });

  it('a denied listener ends with the reason, the others go on', async () => {
    const { db } = connect('ann');
    let denied = '';
    let seen: unknown;
    sdk.onSnapshot(sdk.doc(db, 'open/a'), (snapshot) => (seen = textOf(snapshot)));
    sdk.onSnapshot(
      sdk.doc(db, 'users/bob'),
      () => undefined,
      (error) => (denied = error.code),
    );
    await eventually(() => expect(denied).toBe('permission-denied'));
    await put('open/a', 'still here');
    await eventually(() => expect(seen).toBe('still here'));
  });

  it('a denied write fails and is taken back; the next one succeeds', async () => {
    const { db } = connect('ann');
    const target = sdk.doc(db, 'users/ann');
    const seen: unknown[] = [];
    sdk.onSnapshot(target, (snapshot) => seen.push(snapshot.exists()));
    await eventually(() => expect(seen).toEqual([false]));
    expect(await outcome(sdk.setDoc(target, { ok: false }))).toBe('permission-denied');
    await eventually(() => expect(seen).toEqual([false, true, false]));
    expect(await outcome(sdk.setDoc(target, { ok: true }))).toBe('done');
    expect(
      await outcome(
        sdk.runTransaction(db, async (t) => Promise.resolve(t.set(sdk.doc(db, 'users/bob'), { ok: true }))),
      ),
    ).toBe('permission-denied');
  });

  it('a query has to prove what the rule asks', async () => {
    const { db } = connect('ann');
    const owned = sdk.collection(db, 'owned');
    const ask = (owner: string): Promise<string> =>
      outcome(sdk.getDocsFromServer(sdk.query(owned, sdk.where('owner', '==', owner))));
    expect(await Promise.all([ask('ann'), ask('bob'), outcome(sdk.getDocsFromServer(owned))])).toEqual([
      'done',
      'permission-denied',
      'permission-denied',
    ]);
  });

  it('a new token in mid-stream counts from then on', async () => {
    const client = connect('ann');
    let open: unknown;
    sdk.onSnapshot(sdk.doc(client.db, 'open/a'), (snapshot) => (open = textOf(snapshot)));
    expect(await outcome(sdk.getDocFromServer(sdk.doc(client.db, 'admin/x')))).toBe('permission-denied');
    client.changeUser('ann', { admin: true });
    await eventually(async () =>
      expect(await outcome(sdk.getDocFromServer(sdk.doc(client.db, 'admin/x')))).toBe('done'),
    );
    await put('open/a', 'still listening');
    await eventually(() => expect(open).toBe('still listening'));
  });

  it('a token that names no project is taken, one of another project is not', async () => {
    const client = connect('ann');
    client.changeUser('ann', { aud: undefined });
    expect(await outcome(sdk.getDocFromServer(sdk.doc(client.db, 'users/ann')))).toBe('done');
    const read = (claims: object): Promise<number> =>
      fetch(`${served.url}/v1/${database}/documents/users/ann`, {
        headers: { authorization: `Bearer ${idToken({ sub: 'ann', ...claims })}` },
      }).then(({ status }) => status);
    expect(await Promise.all([read({ aud: undefined }), read({ aud: 'other' })])).toEqual([404, 401]);
  });

  it('an expired token makes the SDK fetch another, and the listener goes on', async () => {
    const client = connect('ann');
    client.changeUser('ann', { exp: Date.now() / 1000 + 0.5 });
    let seen: unknown;
    sdk.onSnapshot(sdk.doc(client.db, 'users/ann'), (snapshot) => (seen = snapshot.exists()));
    await eventually(() => expect(seen).toBe(false));
    const asked = client.tokens();
    await eventually(() => expect(client.tokens()).toBeGreaterThan(asked));
    client.changeUser('ann');
    await put('users/ann', 'new');
    await eventually(() => expect(seen).toBe(true));
  });
});

describe('calls by REST', () => {
  it('a transaction reads and writes', async () => {
    const { db } = connect();
    await put('open/a', 'x');
    await sdk.runTransaction(db, async (transaction) => {
      const before = await transaction.get(sdk.doc(db, 'open/a'));
      transaction.set(sdk.doc(db, 'open/b'), { text: `${String(textOf(before))}y` });
    });
    expect(textOf(await sdk.getDocFromServer(sdk.doc(db, 'open/b')))).toBe('xy');
  });

  it('Firestore Lite reads, writes and lists', async () => {
    const db = lite.getFirestore(app.initializeApp({ projectId: 'p', apiKey: 'k' }, 'lite'));
    const { hostname, port } = new URL(served.url);
    lite.connectFirestoreEmulator(db, hostname, Number(port));
    await lite.setDoc(lite.doc(db, 'open/a'), { text: 'é🚀' });
    expect((await lite.getDoc(lite.doc(db, 'open/a'))).get('text')).toBe('é🚀');
    expect((await lite.getDocs(lite.collection(db, 'open'))).size).toBe(1);
    await expect(lite.getDoc(lite.doc(db, 'users/ann'))).rejects.toMatchObject({ code: 'permission-denied' });
    await lite.terminate(db);
  });
});
