/** C7: everything that an embedded installation can hold arrives in another one, through Google's own clients. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { FieldValue, Firestore, GeoPoint, Timestamp } from '@google-cloud/firestore';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseSettings, type Settings } from '../settings.ts';
import { checkArchive } from './archive.ts';
import { openLocalSource, openLocalTarget, type Endpoint } from './endpoint.ts';
import { readIn } from './read-in.ts';
import { differences } from './tally.ts';
import { tallyOf } from './verify.ts';
import { writeOut } from './write-out.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'move-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const quiet = (): void => undefined;
const settingsOf = (name: string, project: string): Settings =>
  parseSettings({ LONGRUN_DATA: join(folder, name), GOOGLE_CLOUD_PROJECT: project });
const file = (): string => join(folder, 'moved.ndjson.gz');

async function using<T>(
  endpoint: Endpoint,
  work: (endpoint: Endpoint, db: Firestore) => Promise<T>,
): Promise<T> {
  const { project, host } = endpoint.place;
  const db = new Firestore({
    projectId: project,
    host: host ?? '',
    ssl: false,
    customHeaders: { Authorization: 'Bearer owner' },
  });
  try {
    return await work(endpoint, db);
  } finally {
    await db.terminate();
    await endpoint.close();
  }
}

const signIn = (host: string, email: string, password: string): Promise<Response> =>
  fetch(`http://${host}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=k`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });

async function fill({ auth }: Endpoint, db: Firestore): Promise<void> {
  await db.doc('all/kinds').set({
    zero: -0,
    nan: NaN,
    large: 2 ** 52,
    bytes: Buffer.from([0, 255, 128]),
    time: new Timestamp(1, 123_456_000),
    place: new GeoPoint(48.2, -16.4),
    reference: db.doc('all/kinds/below/one'),
    vector: FieldValue.vector([1.5, -2]),
    nested: { list: [{ deep: [1, 'x', null] }], 'odd.key': true },
  });
  await db.doc('missing/parent/of/this').set({ there: true });
  await db.doc('users/u/runs/r/log/0').set({ n: 0 });
  await db
    .doc('users/u/runs/r')
    .set({ status: 'pending', wake_at: '2099-01-01T00:00:00.000Z', title: 'waits' });
  const many = db.bulkWriter();
  for (let i = 0; i < 1_500; i += 1) void many.create(db.doc(`many/${i}`), { i, text: 'x'.repeat(100) });
  await many.close();
  await auth.createUser({
    uid: 'ada',
    email: 'ada@example.org',
    password: 'correct horse',
    displayName: 'Ada',
  });
  await auth.setCustomUserClaims('ada', { admin: true });
  await auth.createUser({ uid: 'phone', phoneNumber: '+43123456789', disabled: true });
  await auth.importUsers([
    {
      uid: 'linked',
      providerData: [{ uid: 'g1', providerId: 'google.com', email: 'l@example.org', displayName: 'L' }],
    },
  ]);
  await auth.createUser({ uid: 'nobody' });
}

describe('from one embedded installation to another', () => {
  test('every document and account arrives; what cannot is counted', async () => {
    const exported = await using(await openLocalTarget(settingsOf('old', 'demo-old')), async (old, db) => {
      await fill(old, db);
      return writeOut(old, file(), quiet);
    });
    expect(exported).toMatchObject({
      accounts: 4,
      active: 1,
      left: { passwords: 0, anonymous: 1, factors: 0 },
      documents: {
        all: { count: 1 },
        of: { count: 1 },
        log: { count: 1 },
        runs: { count: 1 },
        many: { count: 1_500 },
      },
    });
    const { trailer } = await checkArchive(file());
    expect(trailer).toEqual(exported);

    await using(await openLocalTarget(settingsOf('new', 'demo-new')), async (fresh, db) => {
      const before = new Date().toISOString();
      expect(await readIn(file(), trailer, fresh, quiet)).toBe(1_504);
      expect(differences(trailer.documents, await tallyOf(fresh))).toEqual([]);
      const kinds = (await db.doc('all/kinds').get()).data() ?? {};
      expect(kinds).toMatchObject({
        zero: -0,
        nan: NaN,
        large: 2 ** 52,
        time: new Timestamp(1, 123_456_000),
      });
      expect(kinds['bytes']).toEqual(Buffer.from([0, 255, 128]));
      expect(kinds['place']).toEqual(new GeoPoint(48.2, -16.4));
      expect(kinds['reference']).toEqual(db.doc('all/kinds/below/one')); // of the new project
      expect(kinds['vector'].toArray()).toEqual([1.5, -2]);
      expect(kinds['nested']).toEqual({ list: [{ deep: [1, 'x', null] }], 'odd.key': true });
      expect((await db.doc('missing/parent/of/this').get()).data()).toEqual({ there: true });
      expect((await db.doc('missing/parent').get()).exists).toBe(false);
      // Its task did not come along, so it is due now.
      const run = (await db.doc('users/u/runs/r').get()).data() ?? {};
      expect(run).toMatchObject({ status: 'pending', title: 'waits' });
      expect(run['wake_at'] >= before && run['wake_at'] <= new Date().toISOString()).toBe(true);

      const ada = await fresh.auth.getUser('ada');
      expect(ada).toMatchObject({
        email: 'ada@example.org',
        displayName: 'Ada',
        customClaims: { admin: true },
      });
      expect(await fresh.auth.getUser('phone')).toMatchObject({
        phoneNumber: '+43123456789',
        disabled: true,
      });
      expect((await fresh.auth.getUser('linked')).providerData).toMatchObject([
        { providerId: 'google.com', uid: 'g1' },
      ]);
      const host = process.env['FIREBASE_AUTH_EMULATOR_HOST'] ?? '';
      expect((await signIn(host, 'ada@example.org', 'correct horse')).status).toBe(200);
      expect((await signIn(host, 'ada@example.org', 'wrong horse')).status).toBe(400);
    });
  });

  test('again, and into what has gone on meanwhile: nothing that is there changes', async () => {
    await using(await openLocalTarget(settingsOf('old', 'demo-old')), async (old, db) => {
      await db.doc('c/a').set({ v: 1 });
      await db.doc('c/b').set({ v: 1 });
      await old.auth.createUser({ uid: 'ada', email: 'ada@example.org', password: 'correct horse' });
      await old.auth.setCustomUserClaims('ada', { admin: true });
      await writeOut(old, file(), quiet);
    });
    const { trailer } = await checkArchive(file());
    await using(await openLocalTarget(settingsOf('new', 'demo-new')), async (fresh, db) => {
      await db.doc('c/a').set({ v: 2 });
      expect(await readIn(file(), trailer, fresh, quiet)).toBe(1);
      await fresh.auth.setCustomUserClaims('ada', null); // taken away meanwhile
      expect(await readIn(file(), trailer, fresh, quiet)).toBe(0);
      expect((await fresh.auth.getUser('ada')).customClaims ?? {}).toEqual({});
      expect((await db.doc('c/a').get()).data()).toEqual({ v: 2 });
      expect(differences(trailer.documents, await tallyOf(fresh))).toEqual([
        'c: the same number of documents, but not the same content',
      ]);
    });
  });

  test('there is nothing to export -> says so', async () => {
    await expect(openLocalSource(settingsOf('nothing', 'demo-old'))).rejects.toThrow('There is nothing');
  });

  test('a file of another version, or none of ours, is refused; so is one that was changed in any line', async () => {
    await using(await openLocalTarget(settingsOf('old', 'demo-old')), async (old, db) => {
      await db.doc('c/a').set({ v: 1 });
      await writeOut(old, file(), quiet);
    });
    const lines = gunzipSync(readFileSync(file())).toString().trimEnd().split('\n');
    const check = (changed: string[]): Promise<unknown> => {
      writeFileSync(file(), gzipSync(`${changed.join('\n')}\n`));
      return checkArchive(file());
    };
    await expect(check(lines)).resolves.toBeDefined();
    await expect(
      check([lines[0]?.replace('"version":1', '"version":9') ?? '', ...lines.slice(1)]),
    ).rejects.toThrow('is of version 9');
    await expect(check(lines.slice(0, -1))).rejects.toThrow('cut short');
    await expect(check([...lines, lines[0] ?? ''])).rejects.toThrow('goes on after its end');
    await expect(check(lines.map((line) => line.replace('"1"', '"2"')))).rejects.toThrow('sum is wrong');
    await expect(check(['{"some":"json"}'])).rejects.toThrow('no export of Longrun');
    await expect(check(['no json'])).rejects.toThrow('no object');
    await expect(check(['']).then(() => checkArchive(join(folder, 'nothing')))).rejects.toThrow();
  });
});
