/** What security rules see of a write, and what someone learns whom they refuse: the unmodified browser SDK. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from '../engine/engine.ts';
import type { Engine } from '../engine/engine.ts';
import { createAuthorizer } from '../rules/index.ts';
import { sdk } from './testing/browser-sdk.ts';
import { sdkClient } from './testing/sdk-client.ts';
import { serve } from './testing/serve.ts';
import type { Served } from './testing/serve.ts';

const RULES = `rules_version = '2';
service cloud.firestore { match /databases/{db}/documents {
  match /dated/{id} {
    allow read;
    allow create: if request.resource.data.createdAt == request.time;
    allow update: if request.resource.data.diff(resource.data).affectedKeys().hasOnly(['changedAt'])
      && request.resource.data.changedAt == request.time;
  }
  match /changed/{id} { allow update; }
  match /made/{id} { allow create: if resource == null; }
} }`;
const database = 'projects/p/databases/(default)';

let engine: Engine;
let served: Served;
let client: ReturnType<typeof sdkClient>;

beforeEach(async () => {
  engine = createEngine({ authorizer: createAuthorizer(RULES) });
  served = await serve({ api: engine.api, guarded: () => true });
  client = sdkClient(served.url, 'ann');
});
afterEach(async () => {
  await sdk.terminate(client.db);
  served.close();
  engine.close();
});

const put = (path: string, fields: object = {}): Promise<unknown> =>
  engine.api.commit(
    { database, writes: [{ update: { name: `${database}/documents/${path}`, fields: { ...fields } } }] },
    { kind: 'admin' },
  );

async function outcome(action: Promise<unknown>): Promise<string> {
  return action.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );
}

describe('request.time', () => {
  it('is what a server timestamp of the same write becomes, to the microsecond', async () => {
    const { serverTimestamp, setDoc, updateDoc, doc } = sdk;
    // More than one, since a time may happen to be a whole millisecond.
    for (const id of ['a', 'b', 'c']) {
      const target = doc(client.db, `dated/${id}`);
      expect(await outcome(setDoc(target, { createdAt: serverTimestamp() }))).toBe('done');
      expect(await outcome(updateDoc(target, { changedAt: serverTimestamp() }))).toBe('done');
      const stored = await sdk.getDocFromServer(target);
      expect(stored.get('changedAt')).toBeInstanceOf(sdk.Timestamp);
    }
    const batch = sdk.writeBatch(client.db);
    for (const id of ['d', 'e']) batch.set(doc(client.db, `dated/${id}`), { createdAt: serverTimestamp() });
    expect(await outcome(batch.commit())).toBe('done');
    const [d, e] = await Promise.all(
      ['d', 'e'].map((id) => sdk.getDocFromServer(doc(client.db, `dated/${id}`))),
    );
    expect(d?.get('createdAt')).toEqual(e?.get('createdAt'));
  });

  it('is no time of the client', async () => {
    const target = sdk.doc(client.db, 'dated/a');
    expect(await outcome(sdk.setDoc(target, { createdAt: sdk.Timestamp.now() }))).toBe('permission-denied');
  });
});

describe('who may not write learns nothing of what is stored', () => {
  const both = async (attempt: (path: string) => Promise<unknown>): Promise<string[]> => {
    await put('closed/here');
    return [await outcome(attempt('closed/here')), await outcome(attempt('closed/missing'))];
  };
  const DENIED = ['permission-denied', 'permission-denied'];

  it('by updating it', async () => {
    expect(await both((path) => sdk.updateDoc(sdk.doc(client.db, path), { a: 1 }))).toEqual(DENIED);
  });

  it('by a transaction that sets only what is not there', async () => {
    await put('made/here');
    const create = (path: string): Promise<unknown> =>
      fetch(`${served.url}/v1/${database}/documents:commit`, {
        method: 'POST',
        body: JSON.stringify({
          writes: [{ update: { name: `${database}/documents/${path}` }, currentDocument: { exists: false } }],
        }),
      }).then(({ status }) => Promise.reject(new Error(String(status))));
    expect(await both(create)).toEqual(['Error: 403', 'Error: 403']);
    // Who may create learns it, as in production.
    expect([await outcome(create('made/here')), await outcome(create('made/new'))]).toEqual([
      'Error: 409',
      'Error: 200',
    ]);
  });

  it('by the size that it would have', async () => {
    await put('closed/here', { text: { stringValue: 'x'.repeat(900_000) } });
    const more = { more: 'x'.repeat(400_000) };
    expect(await outcome(sdk.setDoc(sdk.doc(client.db, 'closed/here'), more, { merge: true }))).toBe(
      'permission-denied',
    );
  });

  it('but who may update it learns that it is missing', async () => {
    expect(await outcome(sdk.updateDoc(sdk.doc(client.db, 'changed/missing'), { a: 1 }))).toBe('not-found');
  });
});
