import type { Location, StoredDocument } from '../store/document.ts';

/** What a commit did to one document; both undefined does not occur. */
export interface Change {
  readonly at: Location;
  readonly before: StoredDocument | undefined;
  readonly after: StoredDocument | undefined;
}

export interface Commit {
  /** Microseconds. */
  readonly time: number;
  readonly changes: readonly Change[];
}
