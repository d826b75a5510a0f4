import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../config/config.ts';
import { storageOf } from './storage.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storage-'));
});
afterAll(() => rm(folder, { recursive: true }));

const config = (env: Record<string, string>) =>
  parseConfig({ GOOGLE_CLOUD_PROJECT: 'a-project', WORKER_URL: 'http://127.0.0.1:1/', ...env });

describe('C3: the embedded store', () => {
  const embedded = (db: string, backups: string) =>
    storageOf(
      config({
        LONGRUN_STORAGE: 'embedded',
        LONGRUN_DB: join(folder, db),
        LONGRUN_BACKUPS: join(folder, backups),
      }),
    );

  test('size of its files, and the backups that are listed, newest first', async () => {
    await mkdir(join(folder, 'db', 'below'), { recursive: true });
    await writeFile(join(folder, 'db', 'a.sqlite'), 'x'.repeat(1_000));
    await writeFile(join(folder, 'db', 'a.sqlite-wal'), 'x'.repeat(24));
    const backup = (name: string, at: string) => ({ name, at, bytes: 7, kind: 'scheduled' as const });
    const [old, young] = [
      backup('old', '2026-11-20T00:00:00.000Z'),
      backup('young', '2026-11-21T00:00:00.000Z'),
    ];
    await mkdir(join(folder, 'backups'));
    await writeFile(
      join(folder, 'backups', 'index.json'),
      JSON.stringify({ backups: [old, young], next_at: '2026-11-21T06:00:00.000Z' }),
    );
    expect(await embedded('db', 'backups')).toEqual({
      kind: 'embedded',
      project: 'a-project',
      database: '(default)',
      bytes: 1_024,
      backups: [young, old],
      last_backup_at: young.at,
      next_backup_at: '2026-11-21T06:00:00.000Z',
      point_in_time_recovery: false,
    });
  });

  test('before the first backup there is none', async () => {
    expect(await embedded('none', 'none')).toMatchObject({
      bytes: 0,
      backups: [],
      last_backup_at: null,
      next_backup_at: null,
    });
  });

  test('a list that is damaged is an error, not an empty list', async () => {
    await mkdir(join(folder, 'damaged'));
    await writeFile(join(folder, 'damaged', 'index.json'), '{"backups": 7}');
    await expect(embedded('none', 'damaged')).rejects.toThrow();
  });
});

test('of an emulator nobody knows', async () => {
  expect(await storageOf(config({ LONGRUN_STORAGE: 'emulator' }))).toMatchObject({
    kind: 'emulator',
    bytes: null,
    backups: null,
    point_in_time_recovery: null,
  });
});

test('in the cloud Google is asked; that it does not answer is told', async () => {
  const storage = await storageOf(
    config({ LONGRUN_STORAGE: 'firestore', FIRESTORE_ADMIN_EMULATOR_HOST: '127.0.0.1:1' }),
  );
  expect(storage).toMatchObject({ kind: 'firestore', backups: null, last_backup_at: null });
  expect(storage.problems).toHaveLength(3);
});
