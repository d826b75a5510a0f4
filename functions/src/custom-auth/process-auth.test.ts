import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CustomAuth } from './custom-auth.ts';
import { openAuth, SLOW } from './testing.ts';

/** Real processes. A token says what its request makes the module do. */

const MODULE = `
import { Auth } from '@langchain/langgraph-sdk/auth';
export const auth = new Auth().authenticate(async (request) => {
  const act = request.headers.get('authorization');
  if (act === 'exit') process.exit(3);
  if (act === 'hang') await new Promise(() => {});
  while (act === 'turn') continue;
  if (act === 'throw later') setTimeout(() => { throw new Error('stray'); });
  if (act === 'pid') return String(process.pid);
  return act;
}).on('threads', ({ value }) => { while (value.turn) continue; });
`;

async function open(...args: Parameters<typeof openAuth>): Promise<{ auth: CustomAuth; folder: string }> {
  const opened = await openAuth(...args);
  onTestFinished(() => opened.close());
  return opened;
}

const as = async (auth: CustomAuth, act: string) =>
  (await auth.authenticate({ method: 'GET', url: 'http://h/', headers: [['authorization', act]] })).identity;
const UNAVAILABLE = { code: 'auth_unavailable', status: 503 };

describe('a module that is loaded', { timeout: SLOW }, () => {
  test('answers many at the same time, each its own', async () => {
    const { auth } = await open(MODULE);
    expect(await auth.warm()).toBeNull();
    const names = Array.from({ length: 50 }, (_, i) => `user-${i}`);
    expect(await Promise.all(names.map((name) => as(auth, name)))).toEqual(names);
    expect(auth.problem()).toBeNull();
  });

  test('and ends its process at one call harms no other', async () => {
    const { auth } = await open(MODULE);
    const pid = await as(auth, 'pid');
    const ending = ['exit', 'exit'].map((act) => expect(as(auth, act)).rejects.toMatchObject(UNAVAILABLE));
    const others = ['ada', 'bob', 'cleo'].map((name) => as(auth, name));
    expect(await Promise.all(others)).toEqual(['ada', 'bob', 'cleo']);
    await Promise.all(ending);
    expect(await as(auth, 'pid')).not.toBe(pid);
    expect(auth.problem()).toBeNull();
  });

  test('and keeps its event loop from turning is ended, and the others are asked again', async () => {
    const { auth } = await open(MODULE);
    await as(auth, 'warm');
    const turning = expect(as(auth, 'turn')).rejects.toMatchObject(UNAVAILABLE);
    expect(await as(auth, 'ada')).toBe('ada');
    await turning;
    const by = { identity: 'ada', permissions: [], user: {} };
    const question = { resource: 'threads', action: 'read', value: { turn: true }, by };
    await expect(auth.authorize(question)).rejects.toMatchObject(UNAVAILABLE);
    expect(await as(auth, 'ada')).toBe('ada');
  });

  test('and never answers one call is given up for that call alone', async () => {
    const { auth } = await open(MODULE, { callMs: 3_000 });
    await auth.warm();
    const pid = await as(auth, 'pid');
    await expect(as(auth, 'hang')).rejects.toMatchObject(UNAVAILABLE);
    expect(await as(auth, 'pid')).toBe(pid);
  });

  test('and throws where nobody can catch it goes on', async () => {
    const { auth } = await open(MODULE);
    const pid = await as(auth, 'pid');
    await as(auth, 'throw later');
    expect(await as(auth, 'pid')).toBe(pid);
  });
});

describe('nobody is let in by a module that', { timeout: SLOW }, () => {
  test.each([
    ['is missing', null, 'there is no such file'],
    ['throws', `throw new Error('KEY is missing');`, 'KEY is missing'],
    ['ends its process', `process.exit(4);`, 'exit code 4'],
    ['exports no Auth', `export const auth = {};`, 'is no Auth'],
    ['exports nothing', ``, 'no export "auth"'],
  ])('%s', async (_what, module, reason) => {
    const { auth } = await open(module);
    expect(await auth.warm()).toContain(reason);
    await expect(as(auth, 'ada')).rejects.toMatchObject(UNAVAILABLE);
    expect(auth.problem()).toContain(reason);
  });

  test.each([
    ['waits for ever', 'await new Promise(() => {});'],
    ['keeps its processor', 'for (;;) continue;'],
  ])('%s', async (_what, module) => {
    const { auth } = await open(module, { loadMs: 8_000 });
    await expect(as(auth, 'ada')).rejects.toMatchObject(UNAVAILABLE);
    expect(auth.problem()).toMatch(/not loaded within 8 s|never settled|exit code 13/);
  });

  test('is written in Python', async () => {
    const { auth } = await open('', { path: './auth.py:auth' });
    expect(await auth.warm()).toContain('not written in JavaScript');
  });

  test('and is mended lets people in again, without a restart', async () => {
    const { auth, folder } = await open(`throw new Error('broken');`);
    await expect(as(auth, 'ada')).rejects.toMatchObject(UNAVAILABLE);
    await writeFile(join(folder, 'auth.ts'), MODULE);
    await expect.poll(() => as(auth, 'ada').catch(() => null), { timeout: SLOW }).toBe('ada');
    expect(auth.problem()).toBeNull();
  });
});
