import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdminStorage, Backup } from '@longrun/shared';
import * as z from 'zod/mini';
import { databaseState } from '../../adapters/google/database-admin.ts';
import type { Config } from '../../config/config.ts';

/** `index.json` of the folder, written by whoever makes the backups of the embedded store. */
const indexSchema = z.object({
  backups: z.array(
    z.object({
      name: z.string(),
      at: z.iso.datetime(),
      bytes: z.nullable(z.number()),
      kind: z.enum(['scheduled', 'shutdown', 'manual', 'cloud']),
    }),
  ),
  next_at: z.nullable(z.iso.datetime()),
});

/** C2, C3: where everything is kept, and what is kept of it besides. */
export async function storageOf(config: Config): Promise<AdminStorage> {
  const where = {
    kind: config.LONGRUN_STORAGE,
    project: config.GOOGLE_CLOUD_PROJECT,
    database: config.FIRESTORE_DATABASE,
  };
  const nothing = {
    bytes: null,
    backups: null,
    last_backup_at: null,
    next_backup_at: null,
    point_in_time_recovery: null,
  };
  switch (config.LONGRUN_STORAGE) {
    case 'emulator':
      return { ...where, ...nothing };
    case 'embedded': {
      const { backups, next_at } = await localBackups(config.LONGRUN_BACKUPS);
      return {
        ...where,
        ...listed(backups),
        bytes: await bytesIn(config.LONGRUN_DB),
        next_backup_at: next_at,
        point_in_time_recovery: false,
      };
    }
    case 'firestore': {
      const { problems, backups, ...state } = await databaseState({
        project: where.project,
        database: where.database,
        endpoint: config.FIRESTORE_ADMIN_EMULATOR_HOST ?? null,
      });
      return { ...where, bytes: null, ...listed(backups), ...state, problems };
    }
  }
}

function listed(backups: Backup[] | null): Pick<AdminStorage, 'backups' | 'last_backup_at'> {
  const sorted = backups?.toSorted((a, b) => b.at.localeCompare(a.at)) ?? null;
  return { backups: sorted, last_backup_at: sorted?.[0]?.at ?? null };
}

async function localBackups(
  folder: string | undefined,
): Promise<{ backups: Backup[] | null; next_at: string | null }> {
  if (folder === undefined) return { backups: null, next_at: null };
  const text = await unlessMissing(readFile(join(folder, 'index.json'), 'utf8'));
  return text === undefined ? { backups: [], next_at: null } : z.parse(indexSchema, JSON.parse(text));
}

/** Bytes of the files of the folder. */
async function bytesIn(folder: string | undefined): Promise<number | null> {
  if (folder === undefined) return null;
  const names = (await unlessMissing(readdir(folder))) ?? [];
  // A store's log file goes when the store is closed.
  const found = await Promise.all(names.map((name) => unlessMissing(stat(join(folder, name)))));
  return found.reduce((sum, file) => sum + (file?.isFile() === true ? file.size : 0), 0);
}

async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
