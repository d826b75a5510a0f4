import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { madeOnce } from './made-once.ts';

/** What receivers of this installation's webhooks verify them with: made once, kept in the data folder. */
export function webhookSecret(data: string): Promise<string> {
  return madeOnce(join(data, 'webhook-secret'), `whsec_${randomBytes(32).toString('base64')}`);
}
