import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { useInstallation } from './testing/command-installation.ts';

const { run: admin, post, signUp, audit } = useInstallation('admin');
const claimsOf = async (uid: string) => {
  const { users } = (await post('accounts:lookup', { localId: [uid] })) as {
    users: { customAttributes?: string }[];
  };
  return JSON.parse(users[0]?.customAttributes ?? '{}') as unknown;
};

describe('npm run admin', () => {
  test('grant by email or uid, list, revoke: the claim, other claims kept, and the audit log', async () => {
    const ada = await signUp({ email: 'ada@example.org', password: 'secret-1' });
    const bob = await signUp({ returnSecureToken: true });
    await post('accounts:update', { localId: ada, customAttributes: '{"team":"blue"}' });
    expect(await admin(['list'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('no administrator'),
    });

    expect(await admin(['grant', 'ada@example.org'])).toMatchObject({
      code: 0,
      out: `ada@example.org (${ada}) is an administrator now.\n`,
    });
    expect(await admin(['grant', bob])).toMatchObject({ code: 0 });
    expect(await claimsOf(ada)).toEqual({ team: 'blue', admin: true });
    expect((await admin(['list'])).out.split('\n').toSorted()).toEqual(
      ['', `ada@example.org (${ada})`, bob].toSorted(),
    );

    expect(await admin(['revoke', 'ada@example.org'])).toMatchObject({ code: 0 });
    expect(await claimsOf(ada)).toEqual({ team: 'blue' });
    expect((await admin(['list'])).out).toBe(`${bob}\n`);

    const lines = (await audit()).map(({ action, target, outcome }) => [action, target, outcome]);
    expect(lines).toEqual([
      ['revoke_admin', ada, 'succeeded'],
      ['revoke_admin', ada, 'started'],
      ['grant_admin', bob, 'succeeded'],
      ['grant_admin', bob, 'started'],
      ['grant_admin', ada, 'succeeded'],
      ['grant_admin', ada, 'started'],
    ]);
    expect((await audit())[0]?.by).toEqual({ uid: expect.stringMatching(/^command:/), email: null });
  });

  test('granted twice -> said so, and no line in the log', async () => {
    const carol = await signUp({ email: 'carol@example.org', password: 'secret-1' });
    await admin(['grant', carol]);
    const before = (await audit()).length;
    expect(await admin(['grant', carol])).toMatchObject({ code: 0, out: expect.stringContaining('already') });
    expect(await audit()).toHaveLength(before);
  });

  test('nobody of that name -> what to do', async () => {
    for (const who of ['nobody@example.org', 'no-such-uid']) {
      const { code, err } = await admin(['grant', who]);
      expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining(`no account ${who}`) });
    }
  });

  test('Longrun does not run -> what to do', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'admin-'));
    const missing = await admin(['list'], empty);
    await writeFile(
      join(empty, 'addresses.json'),
      '{"identity":"http://127.0.0.1:1","firestore":"http://127.0.0.1:1","project":"demo-longrun"}',
    );
    const stale = await admin(['grant', 'a@b.example'], empty);
    await rm(empty, { recursive: true });
    for (const { code, out, err } of [missing, stale]) {
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain('npm start');
    }
  });

  test.each([[[]], [['grant']], [['list', 'x']], [['grant', 'a', 'b']], [['drop', 'a']], [['grant', 'a b']]])(
    '%j -> usage',
    async (args) => {
      expect(await admin(args)).toMatchObject({ code: 1, out: '', err: expect.stringContaining('Usage') });
    },
  );
});
