import { assert } from './errors.ts';

/** Google's limit is 256 characters; the shape is checked loosely, as nothing is ever sent. */
const EMAIL = /^[^@\s]{1,128}@[^@\s.]+(?:\.[^@\s.]+)*$/;

/** Lower case, so that every spelling of an address is one key. Throws INVALID_EMAIL. */
export function canonicalEmail(email: string): string {
  assert(email.length <= 256 && EMAIL.test(email), 'INVALID_EMAIL');
  return email.toLowerCase();
}
