import * as z from 'zod/mini';
import { MAX_API_KEY_DAYS, MAX_API_KEY_NAME_CHARS } from './api-keys.ts';
import { strict } from './strict.ts';

/** POST /api/keys */
export const makeApiKeySchema = strict({
  name: z
    .string()
    .check(z.trim(), z.minLength(1), z.maxLength(MAX_API_KEY_NAME_CHARS))
    .check(z.describe('What its owner knows it by.')),
  expires_in_days: z
    .optional(z.nullable(z.number().check(z.gt(0), z.lte(MAX_API_KEY_DAYS))))
    .check(z.describe('Without it the key is good until it is revoked.')),
});
export type MakeApiKey = z.infer<typeof makeApiKeySchema>;
