/** What a folder of backups holds: one folder for each set, with the databases' files and `backup.json`. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const KINDS = ['scheduled', 'shutdown', 'manual'] as const;
export type Kind = (typeof KINDS)[number];

export interface BackupSet {
  name: string;
  /** ISO 8601, UTC: when the last of its files was finished. */
  at: string;
  kind: Kind;
  files: { name: string; bytes: number; sha256: string }[];
}

const NAME = /^\d{8}-\d{6}-\d{3}-(?:scheduled|shutdown|manual)$/;

export const isSetName = (name: string): boolean => NAME.test(name);

/** Sorts as its time does. */
export function setName(at: Date, kind: Kind): string {
  const digits = at.toISOString().replace(/\D/g, '');
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${digits.slice(14)}-${kind}`;
}

export const bytesOf = (set: BackupSet): number => set.files.reduce((sum, { bytes }) => sum + bytes, 0);

/** Newest first. What is not a finished set is passed over. */
export async function listSets(folder: string): Promise<BackupSet[]> {
  const names = await readdir(folder).catch(orNone<string[]>([]));
  const sets = await Promise.all(names.filter(isSetName).map((name) => readSet(folder, name)));
  return sets.filter((set) => set !== null).toSorted((a, b) => b.name.localeCompare(a.name));
}

async function readSet(folder: string, name: string): Promise<BackupSet | null> {
  const text = await readFile(join(folder, name, 'backup.json'), 'utf8').catch(orNone<string | null>(null));
  if (text === null) return null;
  try {
    const set: unknown = JSON.parse(text);
    return isSet(set) && set.name === name ? set : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isSet(value: unknown): value is BackupSet {
  const { name, at, kind, files }: Record<string, unknown> = Object(value);
  return (
    typeof name === 'string' &&
    typeof at === 'string' &&
    !Number.isNaN(Date.parse(at)) &&
    KINDS.some((known) => known === kind) &&
    Array.isArray(files) &&
    files.every(isFile)
  );
}

function isFile(value: unknown): boolean {
  const { name, bytes, sha256 }: Record<string, unknown> = Object(value);
  return (
    typeof name === 'string' &&
    /^[\w.-]+$/.test(name) &&
    typeof bytes === 'number' &&
    typeof sha256 === 'string'
  );
}

/** For a read of what may not be there. */
function orNone<T>(none: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return none;
    throw error;
  };
}
