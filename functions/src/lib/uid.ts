import { createHash } from 'node:crypto';

/** Firebase's own ids have up to 128 characters, so none of them can be one of these. */
const IDENTITY = /^auth:[\da-f]{128}$/;

/** What can be a segment of a document's path: an id of Firebase's, or one that stands for an identity. */
export function isUid(uid: unknown): uid is string {
  return (
    typeof uid === 'string' &&
    (/^[^/]{1,128}$/.test(uid) || IDENTITY.test(uid)) &&
    !/^(\.\.?|__.*__)$/.test(uid) &&
    uid.isWellFormed()
  );
}

/**
 * The user of an identity that a project's own `auth` knows. Two identities never have the same (SHA-512), and no account of
 * Firebase has it, for it is longer than theirs may be. `identity` must be well formed: what is not is the same to a hash.
 */
export function uidOfIdentity(identity: string): string {
  return `auth:${createHash('sha512').update(identity, 'utf8').digest('hex')}`;
}
