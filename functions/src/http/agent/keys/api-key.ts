import { createHash, randomBytes } from 'node:crypto';
import { LongrunError } from '@longrun/shared';
import * as z from 'zod/mini';
import type { StoredDocument } from '../../../ports/documents.ts';

/** 32 random bytes: nobody guesses one, so its plain hash gives nothing away and is found by one read. */
const PATTERN = /^lr_[A-Za-z0-9_-]{43}$/;
/** What is shown of a key, so that its owner knows it again. */
const HINT_CHARS = 7;

export const newKey = () => `lr_${randomBytes(32).toString('base64url')}`;
export const isKey = (text: string) => PATTERN.test(text);
export const hintOf = (key: string) => `${key.slice(0, HINT_CHARS)}…`;

/**
 * `apiKeys/{SHA-256 of the key}`: whose it is. Outside of what a user may read, and the key itself is nowhere.
 */
export const API_KEYS = 'apiKeys';
export const apiKeyPath = (key: string) => `${API_KEYS}/${createHash('sha256').update(key).digest('hex')}`;

const schema = z.object({
  id: z.string(),
  uid: z.string(),
  /** Whoever made it had signed in without a name, and the key gets no further than they did. */
  anonymous: z.boolean(),
  name: z.string(),
  hint: z.string(),
  created_at: z.string(),
  expires_at: z.nullable(z.string()),
  revoked_at: z.nullable(z.string()),
  /** As of a minute ago. */
  last_used_at: z.nullable(z.string()),
});
export type ApiKey = z.infer<typeof schema>;

export function readApiKey({ fields, path }: StoredDocument): ApiKey {
  const parsed = z.safeParse(schema, fields);
  if (parsed.success) return parsed.data;
  throw new LongrunError('internal', `${path.slice(0, API_KEYS.length + 9)}… is no key.`);
}
