import type { Health } from '@longrun/shared';
import { readBackupIndex } from './backup-index.ts';

/** The newest backup listed in the folder. Null without a folder, or before the first backup. */
export async function lastBackup(folder: string | undefined): Promise<Health['last_backup']> {
  if (folder === undefined) return null;
  const { backups } = await readBackupIndex(folder);
  const [newest] = backups;
  return newest === undefined ? null : { at: newest.at, kind: newest.kind };
}
