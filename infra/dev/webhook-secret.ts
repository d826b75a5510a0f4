import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What receivers of this installation's webhooks verify them with: made once, kept in the data folder. */
export async function webhookSecret(data: string): Promise<string> {
  const path = join(data, 'webhook-secret');
  try {
    const made = `whsec_${randomBytes(32).toString('base64')}`;
    await writeFile(path, `${made}\n`, { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await readFile(path, 'utf8')).trim();
  }
}
