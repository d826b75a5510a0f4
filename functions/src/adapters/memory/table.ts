import { isDeepStrictEqual } from 'node:util';
import {
  CommitConflict,
  type DocumentWrite,
  type Fields,
  type StoredDocument,
} from '../../ports/documents.ts';
import { InvalidCall } from '../validate.ts';
import { documentSize, MAX_COMMIT_BYTES, MAX_DOCUMENT_BYTES } from './size.ts';

export type Table = Map<string, StoredDocument>;

/** Applies all the writes, in order; throws and changes nothing when one of them is refused. */
export function applyWrites(table: Table, writes: DocumentWrite[], version: string): void {
  const staged = new Map<string, StoredDocument | undefined>();
  let bytes = 0;
  for (const write of writes) {
    const { path } = write;
    const before = staged.has(path) ? staged.get(path) : table.get(path);
    const fields = fieldsAfter(before, write);
    if (fields === undefined) {
      staged.set(path, undefined);
      continue;
    }
    const size = documentSize(path, fields);
    bytes += size;
    if (size > MAX_DOCUMENT_BYTES) throw new InvalidCall(`${path} would hold ${size} bytes.`);
    // As in Firestore, a write that changes nothing leaves the version alone.
    const same = before !== undefined && isDeepStrictEqual(before.fields, fields);
    staged.set(path, same ? before : { path, fields, version });
  }
  if (bytes > MAX_COMMIT_BYTES) throw new InvalidCall(`A commit of ${bytes} bytes is too large.`);
  for (const [path, document] of staged) {
    if (document === undefined) table.delete(path);
    else table.set(path, document);
  }
}

function fieldsAfter(before: StoredDocument | undefined, write: DocumentWrite): Fields | undefined {
  switch (write.op) {
    case 'create':
      if (before !== undefined) throw new CommitConflict('exists');
      return structuredClone(write.fields);
    case 'set':
      return structuredClone(write.fields);
    case 'merge':
      return { ...before?.fields, ...structuredClone(write.fields) };
    case 'increment':
      return { ...before?.fields, ...structuredClone(write.fields), ...added(before, write.by) };
    case 'update':
      if (before === undefined) throw new CommitConflict('missing');
      checkVersion(write.version, before);
      return { ...before.fields, ...structuredClone(write.fields) };
    case 'delete':
      checkVersion(write.version, before);
      return undefined;
  }
}

function added(before: StoredDocument | undefined, by: { [field: string]: number }): Fields {
  return Object.fromEntries(
    Object.entries(by).map(([name, more]) => {
      const value = before?.fields[name];
      return [name, (typeof value === 'number' ? value : 0) + more];
    }),
  );
}

function checkVersion(version: string | undefined, before: StoredDocument | undefined): void {
  if (version === undefined) return;
  if (before === undefined) throw new CommitConflict('missing');
  if (version !== before.version) throw new CommitConflict('changed');
}
