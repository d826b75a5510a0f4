/** Decides what a batch of writes does, without doing it: all of it, or a StatusError. */
import { toTimestamp } from '../clock.ts';
import type { Write, WriteResult } from '../messages.ts';
import type { Location, StoredDocument } from '../store/document.ts';
import { identicalFields } from '../value/identical.ts';
import type { Fields } from '../values.ts';
import { applyWrite, parseWrite } from './apply-write.ts';

/** A document that the batch touches. */
export interface Touched {
  readonly at: Location;
  readonly before: StoredDocument | undefined;
  /** As it will be; `updated` equals the old one when nothing changed. */
  after: { fields: Fields; created: number; updated: number } | undefined;
  readonly isWritten: boolean;
  /** Billed operations. */
  writes: number;
  deletes: number;
}

export interface CommitPlan {
  readonly touched: readonly Touched[];
  readonly results: WriteResult[];
}

/** `read` sees the database as it is when the batch commits. */
export function planCommit(
  writes: readonly Write[],
  database: string,
  time: number,
  read: (at: Location) => StoredDocument | undefined,
): CommitPlan {
  const touched = new Map<string, Touched>();
  const results = writes.map((write): WriteResult => {
    const parsed = parseWrite(write, database);
    const { at, kind } = parsed;
    let entry = touched.get(at.name);
    if (!entry) {
      const before = read(at);
      entry = { at, before, after: before, isWritten: kind !== 'verify', writes: 0, deletes: 0 };
      touched.set(at.name, entry);
    }
    const { fields, transformResults } = applyWrite(parsed, entry.after, time);
    const unchanged = fields !== undefined && entry.after && identicalFields(entry.after.fields, fields);
    if (!unchanged) {
      entry.after = fields && { fields, created: entry.after?.created ?? time, updated: time };
    }
    if (kind === 'delete') entry.deletes += 1;
    else if (kind !== 'verify') entry.writes += 1;
    return {
      ...(entry.after && kind !== 'verify' && { updateTime: toTimestamp(entry.after.updated) }),
      ...(transformResults.length > 0 && { transformResults }),
    };
  });
  return { touched: [...touched.values()], results };
}
