import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backup } from '@longrun/shared';
import * as z from 'zod/mini';
import { unlessMissing } from '../lib/unless-missing.ts';

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

/** Backups in the folder, newest first, and when the next is due. Throws when the index has another form. */
export async function readBackupIndex(
  folder: string,
): Promise<{ backups: Backup[]; next_at: string | null }> {
  const text = await unlessMissing(readFile(join(folder, 'index.json'), 'utf8'));
  if (text === undefined) return { backups: [], next_at: null };
  const { backups, next_at } = z.parse(indexSchema, JSON.parse(text));
  return { backups: newestFirst(backups), next_at };
}

export function newestFirst(backups: readonly Backup[]): Backup[] {
  return backups.toSorted((a, b) => b.at.localeCompare(a.at));
}
