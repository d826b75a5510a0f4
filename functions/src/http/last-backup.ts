import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Health } from '@longrun/shared';
import * as z from 'zod/mini';

/** `index.json` of the folder, written by whoever makes the backups. */
const indexSchema = z.object({
  backups: z.array(
    z.object({ at: z.iso.datetime(), kind: z.enum(['scheduled', 'shutdown', 'manual', 'cloud']) }),
  ),
});

/** The newest backup listed in the folder. Null without a folder, or before the first backup. */
export async function lastBackup(folder: string | undefined): Promise<Health['last_backup']> {
  if (folder === undefined) return null;
  let text: string;
  try {
    text = await readFile(join(folder, 'index.json'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const { backups } = z.parse(indexSchema, JSON.parse(text));
  return backups.toSorted((a, b) => a.at.localeCompare(b.at)).at(-1) ?? null;
}
