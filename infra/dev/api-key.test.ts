import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keyAuthentication } from '../../functions/src/http/agent/keys/authenticate.ts';
import { systemClock } from '../../functions/src/ports/clock.ts';
import { useInstallation } from './testing/command-installation.ts';

const installation = useInstallation('api-key');
const command = installation.run;

/** Who comes with it, as the API finds out. */
const whose = async (key: string) =>
  await keyAuthentication({
    documents: installation.documents,
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
    const ada = await installation.signUp({ email: 'ada@example.org', password: 'secret-1' });
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

    const entries = await installation.audit();
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
