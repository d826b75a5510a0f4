import { randomUUID } from 'node:crypto';
import { CommitConflict, type Documents, type Fields, type StoredDocument } from '../../ports/documents.ts';

/** A collection of a test's own. */
export const root = () => `suite-${randomUUID()}`;

/** Why a commit was refused; `none`: it was not. */
export const reason = async (commit: Promise<void>) =>
  commit.then(
    () => 'none',
    (error: unknown) => (error instanceof CommitConflict ? error.reason : error),
  );

/** Writes documents into a collection, by their ids. */
export const seed = async (db: Documents, collection: string, all: Record<string, Fields>) =>
  db.commit(Object.entries(all).map(([id, fields]) => ({ op: 'set', path: `${collection}/${id}`, fields })));

export const ids = (found: StoredDocument[]) =>
  found.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
