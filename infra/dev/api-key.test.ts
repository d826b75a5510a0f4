import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Firestore } from '@google-cloud/firestore';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firestoreDocuments } from '../../functions/src/adapters/firestore/documents.ts';
import { listAudit } from '../../functions/src/admin/audit.ts';
import { keyAuthentication } from '../../functions/src/http/agent/keys/authenticate.ts';
import { systemClock } from '../../functions/src/ports/clock.ts';
import { startFirestore, type FirestoreServer } from '../local/firestore/server.ts';
import { startIdentity, type IdentityServer } from '../local/identity/server.ts';

const INDEXES = new URL('../firestore/firestore.indexes.json', import.meta.url);
let data: string;
let identity: IdentityServer;
let store: FirestoreServer;
let db: Firestore;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'api-key-'));
  // With the indexes that production has: a query that needs another one fails here too.
  const indexes = await readFile(INDEXES, 'utf8');
  [identity, store] = await Promise.all([startIdentity(), startFirestore({ indexes })]);
  const firestore = `http://127.0.0.1:${store.port}`;
  const addresses = { identity: identity.url, firestore, project: 'demo-longrun' };
  await writeFile(join(data, 'addresses.json'), JSON.stringify(addresses));
  db = new Firestore({
    projectId: 'demo-longrun',
    host: `127.0.0.1:${store.port}`,
    ssl: false,
    customHeaders: { Authorization: 'Bearer owner' },
  });
});
afterAll(async () => {
  await db.terminate();
  await Promise.all([identity.close(), store.close()]);
  await rm(data, { recursive: true, force: true });
});

function command(args: string[], folder = data): Promise<{ code: number; out: string; err: string }> {
  const { GOOGLE_CLOUD_PROJECT: _, ...others } = process.env;
  const env = { ...others, LONGRUN_DATA: folder };
  return new Promise((resolve) => {
    const file = join(import.meta.dirname, 'api-key.ts');
    execFile(process.execPath, [file, ...args], { env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

async function signUp(email: string): Promise<string> {
  const response = await fetch(`${identity.url}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=k`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer owner' },
    body: JSON.stringify({ email, password: 'secret-1' }),
  });
  const { localId } = (await response.json()) as { localId: string };
  return localId;
}

/** Who comes with it, as the API finds out. */
const whose = async (key: string) =>
  await keyAuthentication({
    documents: firestoreDocuments(db),
    clock: systemClock,
    accounts: {
      byUid: async (uid) => ({
        uid,
        email: null,
        emailVerified: false,
        admin: false,
        disabled: false,
        tokensValidFrom: 0,
      }),
    },
  })(key);

describe('npm run api-key', () => {
  test('make -> a key and nothing else, of the named account; list, revoke, and the audit log', async () => {
    const ada = await signUp('ada@example.org');
    const made = await command(['make', 'laptop', '--user', 'ada@example.org', '--days', '30']);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toMatch(/^lr_[\w-]{43}\n$/);
    const key = made.out.trim();
    const owner = await whose(key);
    const id = owner.key ?? '';
    expect(owner).toEqual({ uid: ada, admin: false, anonymous: false, key: id });

    const { out } = await command(['list']);
    for (const part of [id, key.slice(0, 7), ada, '"laptop"', 'good until']) expect(out).toContain(part);
    expect(out).not.toContain(key);

    expect(await command(['revoke', id])).toMatchObject({ code: 0, out: expect.stringContaining('revoked') });
    await expect(whose(key)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect((await command(['list'])).out).toContain('was revoked');

    const { entries } = await listAudit(firestoreDocuments(db), { limit: 100 });
    expect(entries.map(({ action, target, outcome }) => [action, target, outcome])).toEqual([
      ['revoke_api_key', id, 'succeeded'],
      ['revoke_api_key', id, 'started'],
      ['make_api_key', ada, 'succeeded'],
      ['make_api_key', ada, 'started'],
    ]);
  });

  test('make without a user -> of the account of "npm run token", which is made if need be', async () => {
    const [first, second] = [await command(['make', 'one']), await command(['make', 'two'])];
    expect([first.code, first.err, second.err]).toEqual([0, '', '']);
    expect((await whose(first.out.trim())).uid).toBe((await whose(second.out.trim())).uid);
  });

  test('nobody, or no key, of that name -> what to do', async () => {
    expect(await command(['make', 'one', '--user', 'nobody@example.org'])).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('no account nobody@example.org'),
    });
    expect(await command(['revoke', 'no-such-id'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no key no-such-id'),
    });
  });

  test('Longrun does not run -> what to do', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'api-key-'));
    const { code, err } = await command(['list'], empty);
    await rm(empty, { recursive: true });
    expect([code, err]).toEqual([1, expect.stringContaining('npm start')]);
  });

  test.each([
    [[]],
    [['make']],
    [['make', ' ']],
    [['make', 'a', 'b']],
    [['make', 'a', '--days', '0']],
    [['make', 'a', '--days', 'soon']],
    [['make', 'a', '--user', 'a b']],
    [['make', 'a', '--colour', 'red']],
    [['list', 'x']],
    [['revoke']],
    [['revoke', 'a/b']],
    [['drop', 'a']],
  ])('%j -> usage', async (args) => {
    expect(await command(args)).toMatchObject({ code: 1, out: '', err: expect.stringContaining('Usage') });
  });
});
