import { initializeApp } from 'firebase/app';
import type { EmulatorMockTokenOptions } from 'firebase/firestore';
import * as sdk from 'firebase/firestore';
import { afterAll, describe, expect, test } from 'vitest';
import { outcome } from '../web/sdk-suite/build.ts';
import { start } from '../conformance/harness.ts';
import { eventually } from '../../testing/eventually.ts';

sdk.setLogLevel('silent');
const { db, server, collection, connect } = await start();
const made: sdk.Firestore[] = [];
afterAll(() => Promise.all(made.map((client) => sdk.terminate(client))));

/** The web SDK, signed in as someone or nobody. */
function client(mockUserToken?: EmulatorMockTokenOptions, projectId = 'demo'): sdk.Firestore {
  const app = initializeApp({ projectId, apiKey: 'k' }, `client-${String(made.length)}`);
  const web = sdk.initializeFirestore(app, {});
  const { hostname, port } = new URL(server.url);
  sdk.connectFirestoreEmulator(web, hostname, Number(port), mockUserToken ? { mockUserToken } : {});
  made.push(web);
  return web;
}

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: string }> {
  const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const response = await fetch(`${server.url}${path}`, init);
  return { status: response.status, body: await response.text() };
}
const setRules = (project: string, content: string): ReturnType<typeof ask> =>
  ask('PUT', `/emulator/v1/projects/${project}:securityRules`, { rules: { files: [{ content }] } });
const rules = (condition: string): string =>
  `rules_version = '2'; service cloud.firestore { match /databases/{d}/documents { match /{x=**} { allow read, write: if ${condition}; } } }`;

describe('DELETE documents', () => {
  const clear = (database: string): ReturnType<typeof ask> =>
    ask('DELETE', `/emulator/v1/projects/demo/databases/${database}/documents`);

  test('all of one database go, at any depth; listeners hear of it, nobody is billed', async () => {
    const group = collection();
    const elsewhere = connect({ databaseId: 'second' });
    await elsewhere.doc('kept/a').set({});
    const batch = db.batch();
    for (let i = 0; i < 20; i += 1) batch.set(group.doc(`d${String(i)}`), { i });
    batch.set(group.doc('d0/deep/er'), {});
    await batch.commit();
    const sizes: number[] = [];
    const stop = group.onSnapshot(({ size }) => sizes.push(size));
    await eventually(() => expect(sizes).toEqual([20]));
    await ask('DELETE', '/_/usage');
    expect(await clear('(default)')).toEqual({ status: 200, body: '{}' });
    expect(JSON.parse((await ask('GET', '/_/usage')).body)).toMatchObject({ totals: { deletes: 0 } });
    await eventually(() => expect(sizes.at(-1)).toBe(0));
    stop();
    expect(await db.listCollections()).toEqual([]);
    expect((await group.where('i', '>=', 0).get()).size).toBe(0);
    expect((await elsewhere.doc('kept/a').get()).exists).toBe(true);
    await group.doc('d0').create({ again: true });
    expect((await group.get()).size).toBe(1);
  });

  test('more documents than fit in one commit, and none at all', async () => {
    const writer = db.bulkWriter();
    for (let i = 0; i < 1200; i += 1) void writer.create(db.doc(`many/m${String(i)}`), {});
    await writer.close();
    expect((await clear('(default)')).status).toBe(200);
    expect((await db.collection('many').count().get()).data().count).toBe(0);
    expect((await clear('(default)')).status).toBe(200);
    expect((await clear('never-used')).status).toBe(200);
  });
});

describe('PUT securityRules', () => {
  test('the rules of a project change at once, those of others do not', async () => {
    const alice = client({ sub: 'alice' }, 'ruled');
    const nobody = client(undefined, 'ruled');
    const at = (web: sdk.Firestore): sdk.DocumentReference => sdk.doc(web, 'c/d');
    expect(await outcome(sdk.setDoc(at(nobody), { open: true }))).toBe('done');
    expect(await setRules('ruled', rules("request.auth.uid == 'alice'"))).toEqual({
      status: 200,
      body: '{}',
    });
    expect(await outcome(sdk.setDoc(at(nobody), {}))).toBe('permission-denied');
    expect(await outcome(sdk.setDoc(at(alice), { mine: true }))).toBe('done');
    expect(await outcome(sdk.getDocFromServer(at(nobody)))).toBe('permission-denied');
    expect(await outcome(sdk.getDocsFromServer(sdk.collection(nobody, 'c')))).toBe('permission-denied');
    expect(await outcome(sdk.setDoc(sdk.doc(client(), 'c/d'), {}))).toBe('done');
    await setRules('ruled', rules('true'));
    expect((await sdk.getDocFromServer(at(nobody))).data()).toEqual({ mine: true });
  });

  test('what cannot be parsed is refused with its place, and the old rules stay', async () => {
    await setRules('strict', rules('false'));
    const refused = await setRules('strict', 'service cloud.firestore {\n  match ??? }');
    expect(refused.status).toBe(400);
    expect(refused.body).toMatch(/Error compiling rules:\\nL2:9/);
    const path = '/v1/projects/strict/databases/(default)/documents/c/d';
    expect((await ask('GET', path)).status).toBe(403);
  });

  test.each([[{}], [{ rules: { files: [] } }], [{ rules: { files: [{ content: 7 }] } }], ['text']])(
    '%j -> 400',
    async (body) => {
      expect((await ask('PUT', '/emulator/v1/projects/p:securityRules', body)).status).toBe(400);
    },
  );
});

test('coverage of rules and anything else: 501; the greeting that tools wait for: 200', async () => {
  expect((await ask('GET', '/emulator/v1/projects/p:ruleCoverage')).status).toBe(501);
  expect((await ask('GET', '/emulator/v1/projects/%zz:ruleCoverage')).status).toBe(400);
  expect((await ask('POST', '/emulator/v1/projects/p/databases/d/documents', {})).status).toBe(501);
  expect(await ask('GET', '/')).toEqual({ status: 200, body: 'Ok\n' });
});

test('no web page of another origin may do this', async () => {
  const headers = { Origin: 'http://evil.example', 'Access-Control-Request-Method': 'DELETE' };
  const path = '/emulator/v1/projects/demo/databases/(default)/documents';
  const preflight = await fetch(`${server.url}${path}`, { method: 'OPTIONS', headers });
  expect(preflight.ok).toBe(false);
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
});
