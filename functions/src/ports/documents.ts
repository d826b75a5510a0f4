/**
 * The document store that everything durable is kept in: Firestore in the cloud and on a laptop, memory in the
 * simulator. It is the small part of Firestore that Longrun needs, so that both can be held to one test suite.
 */
export type Value = null | boolean | number | string | Date | Uint8Array | Value[] | { [key: string]: Value };
export type Fields = { [field: string]: Value };

export interface StoredDocument {
  path: string;
  fields: Fields;
  /** Changes with every write to the document; for `update`'s precondition. */
  version: string;
}

/** How `__name__` is given in a query of one collection; in one of a group it is the path. */
export const documentId = ({ path }: StoredDocument): string => path.slice(path.lastIndexOf('/') + 1);

export type DocumentWrite =
  /** Refused when the document exists: the fence of the log. */
  | { op: 'create'; path: string; fields: Fields }
  /** Creates or replaces. */
  | { op: 'set'; path: string; fields: Fields }
  /** Replaces the named top-level fields; creates the document when it is missing. */
  | { op: 'merge'; path: string; fields: Fields }
  /** A merge that also adds to numbers, of which a missing one counts as 0; whoever else adds at the same time loses nothing. */
  | { op: 'increment'; path: string; fields: Fields; by: { [field: string]: number } }
  /** Replaces the named top-level fields; refused when missing or, if a version is named, changed since. */
  | { op: 'update'; path: string; fields: Fields; version?: string }
  /** Without a version, deleting what is not there is no error; with one, refused as an update is. */
  | { op: 'delete'; path: string; version?: string };

export interface DocumentQuery {
  /** Path of a collection, or the bare id of a collection group when `group` is set. */
  collection: string;
  group?: boolean;
  where?: { field: string; op: '==' | '<' | '<=' | '>' | '>=' | 'array-contains'; value: Value }[];
  orderBy?: { field: string; direction: 'asc' | 'desc' }[];
  /** Values of the orderBy fields of the document to go on after. */
  startAfter?: Value[];
  limit?: number;
  /** Top-level fields to return; all when absent. */
  select?: string[];
}

export type Unsubscribe = () => void;

export interface Documents {
  /** One answer for each path, in order; undefined where there is no document. */
  get(paths: string[]): Promise<(StoredDocument | undefined)[]>;
  query(query: DocumentQuery): Promise<StoredDocument[]>;
  /** How many documents the query would answer with, at the price of one read for a thousand of them. */
  count(query: DocumentQuery): Promise<number>;
  /** Of a top-level field of these documents, likewise; what is no number is passed over. */
  sum(query: DocumentQuery, field: string): Promise<number>;
  /** All or nothing, at most 10 MiB. Throws CommitConflict when a write is refused. */
  commit(writes: DocumentWrite[]): Promise<void>;
  /** Calls back with the current document, then at each change, until unsubscribed. */
  watch(
    path: string,
    onChange: (document: StoredDocument | undefined) => void,
    onError: (error: Error) => void,
  ): Unsubscribe;
  /** Likewise for a query: each call names the documents that were added or changed. */
  watchQuery(
    query: DocumentQuery,
    onChange: (changed: StoredDocument[]) => void,
    onError: (error: Error) => void,
  ): Unsubscribe;
}

type Refusal = 'exists' | 'missing' | 'changed' | 'busy';

const BECAUSE: Record<Refusal, string> = {
  exists: 'a document exists already',
  missing: 'a document is missing',
  changed: 'a document was changed',
  busy: 'others kept its documents busy for too long',
};

/** A commit was refused and nothing of it was written. `busy` says nothing of the documents: the same commit may succeed later. */
export class CommitConflict extends Error {
  readonly reason: Refusal;

  constructor(reason: Refusal, options?: ErrorOptions) {
    super(`The commit was refused: ${BECAUSE[reason]}.`, options);
    this.name = 'CommitConflict';
    this.reason = reason;
  }
}
