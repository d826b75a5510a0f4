import { strict } from '@longrun/shared';
import * as z from 'zod/mini';

const MAX_NAME_CHARS = 200;
const MAX_DAYS = 3_660;

/** POST /keys */
export const makeKeySchema = strict({
  name: z
    .string()
    .check(z.trim(), z.minLength(1), z.maxLength(MAX_NAME_CHARS))
    .check(z.describe('What its owner knows it by.')),
  expires_in_days: z
    .optional(z.nullable(z.number().check(z.gt(0), z.lte(MAX_DAYS))))
    .check(z.describe('Without it the key is good until it is revoked.')),
});
