/** Decides what a batch of writes does, without doing it: all of it, or a StatusError. */
import { toTimestamp } from '../clock.ts';
import type { Write, WriteResult } from '../messages.ts';
import type { Location, StoredDocument } from '../store/document.ts';
import { invalid } from '../status.ts';
import { identicalFields } from '../value/identical.ts';
import type { Fields } from '../values.ts';
import { applyWrite, parseWrite } from './apply-write.ts';
import { Refusals } from './refusals.ts';

/** A document that the batch touches. */
export interface Touched {
  readonly at: Location;
  readonly before: StoredDocument | undefined;
  /** As it will be; `updated` equals the old one when nothing changed. */
  after: { fields: Fields; created: number; updated: number } | undefined;
  readonly isWritten: boolean;
  /** What the client takes the document for, by its first precondition; undefined: whatever it is. */
  readonly expected: boolean | undefined;
  /** Billed operations. */
  writes: number;
  deletes: number;
  transforms: number;
}

export interface CommitPlan {
  readonly touched: readonly Touched[];
  readonly results: WriteResult[];
  /** Why it must not be carried out nevertheless. */
  readonly refusals: Refusals;
}

const MAX_COMMIT_BYTES = 10 * 1024 * 1024;
const MAX_TRANSFORMS = 500; // per document

export interface Database {
  /** As it is when the batch commits. */
  read(at: Location): StoredDocument | undefined;
  /** @throws StatusError INVALID_ARGUMENT when the document would need too many index entries */
  checkIndexes(at: Location, fields: Fields): void;
}

/** @throws StatusError of the first write that is refused whatever is stored */
export function planCommit(
  writes: readonly Write[],
  database: string,
  time: number,
  data: Database,
): CommitPlan {
  const touched = new Map<string, Touched>();
  const refusals = new Refusals();
  let bytes = 0;
  const results = writes.map((write): WriteResult => {
    const parsed = parseWrite(write, database);
    bytes += parsed.bytes;
    if (bytes > MAX_COMMIT_BYTES) throw invalid('Transaction too big. Decrease transaction size.');
    const { at, kind } = parsed;
    let entry = touched.get(at.name);
    if (!entry) {
      const before = data.read(at);
      entry = {
        at,
        before,
        after: before,
        isWritten: kind !== 'verify',
        expected: write.currentDocument?.exists,
        writes: 0,
        deletes: 0,
        transforms: 0,
      };
      touched.set(at.name, entry);
    }
    if (entry.deletes > 0 && !entry.after && write.currentDocument?.exists === true) {
      throw invalid(`Cannot update a document that the same commit has deleted: ${at.name}`);
    }
    const { fields, transformResults } = applyWrite(parsed, entry.after, time, refusals);
    entry.transforms += transformResults.length;
    if (entry.transforms > MAX_TRANSFORMS) {
      throw invalid(
        `Cannot transform more than ${String(MAX_TRANSFORMS)} fields of a document in one commit.`,
      );
    }
    const unchanged = fields !== undefined && entry.after && identicalFields(entry.after.fields, fields);
    if (!unchanged) {
      entry.after = fields && { fields, created: entry.after?.created ?? time, updated: time };
    }
    if (!unchanged && fields) refusals.keep(() => data.checkIndexes(at, fields));
    if (kind === 'delete') entry.deletes += 1;
    else if (kind !== 'verify') entry.writes += 1;
    return {
      ...(entry.after && kind !== 'verify' && { updateTime: toTimestamp(entry.after.updated) }),
      ...(transformResults.length > 0 && { transformResults }),
    };
  });
  return { touched: [...touched.values()], results, refusals };
}
