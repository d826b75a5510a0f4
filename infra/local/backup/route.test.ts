import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFirestore } from '../firestore/server.ts';
import { startIdentity } from '../identity/server.ts';
import { startTasks } from '../tasks/server.ts';
import { makeFolders } from './testing.ts';

const folders = makeFolders();
mkdirSync(folders.db);
mkdirSync(join(folders.backups, 'set'), { recursive: true });
const options = (name: string) => ({ data: join(folders.db, `${name}.sqlite`), backups: folders.backups });
let servers: { name: string; url: string; close: () => Promise<void> }[] = [];
beforeAll(async () => {
  servers = [
    { name: 'firestore', ...(await startFirestore(options('firestore'))) },
    { name: 'identity', ...(await startIdentity(options('identity'))) },
    { name: 'tasks', ...(await startTasks(options('tasks'))) },
  ];
});
afterAll(async () => {
  await Promise.all(servers.map(({ close }) => close()));
  folders[Symbol.dispose]();
});

const OWNER = { authorization: 'Bearer owner' };
const call = async (url: string, query: string, init: RequestInit = { method: 'POST', headers: OWNER }) =>
  (await fetch(`${url}/_/backup${query}`, init)).status;

describe('POST /_/backup of each server', () => {
  test('copies its database into a folder among the backups, once', async () => {
    for (const { name, url } of servers) {
      expect(await call(url, '?into=set')).toBe(200);
      expect(existsSync(join(folders.backups, 'set', `${name}.sqlite`))).toBe(true);
      expect(await call(url, '?into=set')).toBe(409);
    }
    expect(readdirSync(join(folders.backups, 'set'))).toHaveLength(3);
  });

  test('refuses other folders, other methods, and whoever is not an administrator', async () => {
    for (const { url } of servers) {
      for (const into of [
        '',
        '?into=',
        '?into=..',
        '?into=../db',
        '?into=%2Ftmp',
        '?into=nowhere',
        '?into=a%00b',
      ])
        expect(await call(url, into)).toBe(400);
      expect(await call(url, '?into=set', { method: 'POST' })).toBe(401);
      expect(await call(url, '?into=set', { headers: OWNER })).toBe(405);
    }
  });

  test('a page of another origin cannot call it: its preflight is not granted', async () => {
    for (const { url, name } of servers) {
      const preflight = await fetch(`${url}/_/backup?into=set`, {
        method: 'OPTIONS',
        headers: { origin: 'https://example.org', 'access-control-request-headers': 'authorization' },
      });
      expect({ name, allowed: preflight.headers.get('access-control-allow-headers') }).toEqual({
        name,
        allowed: null,
      });
    }
  });

  test('without --backups, or without a file, there is nothing to copy', async () => {
    const server = await startTasks({});
    expect(await call(server.url, '?into=set')).toBe(409);
    await server.close();
  });
});
