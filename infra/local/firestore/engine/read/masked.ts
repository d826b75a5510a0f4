import { parseFieldPath } from '../path/field-path.ts';
import type { StoredDocument } from '../store/document.ts';
import { toDocument } from '../store/document.ts';
import type { Document, DocumentMask } from '../types.ts';
import { projected } from '../value/fields.ts';

/** The document as a response, with the fields of the mask only, if there is one. */
export function masked(document: StoredDocument, mask: DocumentMask | undefined): Document {
  return selected(document, mask && (mask.fieldPaths ?? []).map(parseFieldPath));
}

export function selected(
  document: StoredDocument,
  paths: readonly (readonly string[])[] | undefined,
): Document {
  const full = toDocument(document);
  return paths ? { ...full, fields: projected(document.fields, paths) } : full;
}
