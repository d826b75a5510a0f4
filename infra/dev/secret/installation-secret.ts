/** What an administrator of this installation's servers brings in place of `owner`, which everybody knows. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { madeOnce } from '../made-once.ts';
import { bringSecret } from './bring-secret.ts';

const fileIn = (data: string): string => join(data, 'secret');

/** Made at the first start, and kept in the data folder. */
export function installationSecret(data: string): Promise<string> {
  return madeOnce(fileIn(data), randomBytes(32).toString('base64url'));
}

/** Of an installation that was started before; `owner` of one that has no secret. */
export async function administratorOf(data: string): Promise<string> {
  try {
    return (await readFile(fileIn(data), 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'owner';
    throw error;
  }
}

/** From now on this process's clients are administrators of the installation's servers, which are at these URLs. */
export async function actAsAdministrator(data: string, servers: readonly string[]): Promise<void> {
  bringSecret(
    await administratorOf(data),
    servers.map((url) => new URL(url).host),
  );
}
