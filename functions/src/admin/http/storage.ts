import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdminStorage, Backup } from '@longrun/shared';
import { databaseState } from '../../adapters/google/database-admin.ts';
import type { Config } from '../../config/config.ts';
import { unlessMissing } from '../../lib/unless-missing.ts';
import { newestFirst, readBackupIndex } from '../../http/backup-index.ts';

/** C3: where everything is kept, and what is kept of it besides. */
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
      const folder = config.LONGRUN_BACKUPS;
      const { backups, next_at } =
        folder === undefined ? { backups: null, next_at: null } : await readBackupIndex(folder);
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
  const sorted = backups === null ? null : newestFirst(backups);
  return { backups: sorted, last_backup_at: sorted?.[0]?.at ?? null };
}

/** Bytes of the files of the folder. */
async function bytesIn(folder: string | undefined): Promise<number | null> {
  if (folder === undefined) return null;
  const names = (await unlessMissing(readdir(folder))) ?? [];
  // A store's log file goes when the store is closed.
  const found = await Promise.all(names.map((name) => unlessMissing(stat(join(folder, name)))));
  return found.reduce((sum, file) => sum + (file?.isFile() === true ? file.size : 0), 0);
}
