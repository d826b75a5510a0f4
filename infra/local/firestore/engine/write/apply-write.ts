/** What one write makes of a document. Pure. */
import type { Write } from '../messages.ts';
import { parseFieldPath } from '../path/field-path.ts';
import { invalid } from '../status.ts';
import type { Location, StoredDocument } from '../store/document.ts';
import { locate } from '../store/document.ts';
import { fieldAt, withField } from '../value/fields.ts';
import { inMicroseconds } from '../value/microseconds.ts';
import { documentSize } from '../value/size.ts';
import { checkDocumentSize, checkFields } from '../value/validate.ts';
import type { Fields, Value } from '../values.ts';
import { checkPrecondition } from './precondition.ts';
import type { Refusals } from './refusals.ts';
import { applyTransforms } from './transforms.ts';

export interface ParsedWrite {
  readonly at: Location;
  readonly write: Write;
  readonly kind: 'update' | 'delete' | 'verify' | 'transform';
  /** What the write brings, counted as a document's size. */
  readonly bytes: number;
}

/** Everything that can be refused without looking at the stored document. @throws StatusError INVALID_ARGUMENT */
export function parseWrite(write: Write, database: string): ParsedWrite {
  const kind = kindOf(write);
  const at = targetOf(write, database);
  if (kind === 'verify' && !write.currentDocument) throw invalid('A verify needs a precondition.');
  const bytes = documentSize(at.segments, write.update?.fields ?? {});
  return { at, write: kind === 'update' ? asStored(write) : write, kind, bytes };
}

/** The document that a write is about. @throws StatusError INVALID_ARGUMENT */
export function targetOf(write: Write, database: string): Location {
  const kind = kindOf(write);
  const name =
    kind === 'update' ? write.update?.name : kind === 'transform' ? write.transform?.document : write[kind];
  const at = locate(name);
  if (at.database !== database) throw invalid(`Document "${at.name}" is not in database "${database}".`);
  return at;
}

/** @throws StatusError INVALID_ARGUMENT */
function asStored(write: Write): Write {
  const { update } = write;
  if (update?.fields === undefined) return write;
  checkFields(update.fields);
  return { ...write, update: { ...update, fields: inMicroseconds(update.fields) } };
}

function kindOf(write: Write): ParsedWrite['kind'] {
  if (write.update) return 'update';
  if (write.transform) return 'transform';
  if (write.delete !== undefined && write.delete !== '') return 'delete';
  if (write.verify !== undefined && write.verify !== '') return 'verify';
  throw invalid('A write must have an operation.');
}

export interface Applied {
  /** Undefined: the document does not exist afterwards. */
  readonly fields: Fields | undefined;
  readonly transformResults: Value[];
}

/** What would be; a failed precondition and a result that is not allowed are among the refusals then. */
export function applyWrite(
  { at, write, kind }: ParsedWrite,
  before: Pick<StoredDocument, 'fields' | 'updated'> | undefined,
  commitTime: number,
  refusals: Refusals,
): Applied {
  refusals.keep(() => checkPrecondition(at.name, before, write.currentDocument));
  if (kind === 'delete') return { fields: undefined, transformResults: [] };
  if (kind === 'verify') return { fields: before?.fields, transformResults: [] };
  const base = kind === 'update' ? updated(before?.fields ?? {}, write) : (before?.fields ?? {});
  const transforms = (kind === 'transform' ? write.transform?.fieldTransforms : write.updateTransforms) ?? [];
  const { fields, results } = applyTransforms(base, transforms, commitTime);
  refusals.keep(() => {
    if (transforms.length > 0) checkFields(fields);
    checkDocumentSize(at.segments, fields);
  });
  return { fields, transformResults: results };
}

function updated(before: Fields, { update, updateMask }: Write): Fields {
  const given = update?.fields ?? {};
  if (!updateMask) return given;
  let fields = before;
  for (const text of updateMask.fieldPaths ?? []) {
    const path = parseFieldPath(text);
    fields = withField(fields, path, fieldAt(given, path));
  }
  return fields;
}
