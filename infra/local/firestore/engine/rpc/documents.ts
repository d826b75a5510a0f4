/** The RPCs that deal with single documents by name. */
import { randomBytes } from 'node:crypto';
import type { Core } from '../core.ts';
import { formatName, parseDatabase, parseDocumentName, parseParent } from '../path/resource-name.ts';
import { masked } from '../read/masked.ts';
import { openReading, readDocument } from '../read/reading.ts';
import { invalid, StatusError } from '../status.ts';
import { locate } from '../store/document.ts';
import type * as m from '../types.ts';

export async function* batchGetDocuments(
  core: Core,
  request: m.BatchGetDocumentsRequest,
  caller: m.Caller,
): AsyncGenerator<m.BatchGetDocumentsResponse> {
  const database = parseDatabase(request.database);
  const locations = [...new Set(request.documents ?? [])].map((name) => {
    const at = locate(name);
    if (at.database !== database) throw invalid(`Document "${name}" is not in database "${database}".`);
    return at;
  });
  const scope = openReading(core, database, request, caller);
  if (scope.newTransaction) yield { transaction: scope.newTransaction, readTime: scope.readTime };
  for (const at of locations) {
    const document = readDocument(scope, at);
    const { readTime } = scope;
    yield document ? { found: masked(document, request.mask), readTime } : { missing: at.name, readTime };
  }
}

export async function getDocument(
  core: Core,
  request: m.GetDocumentRequest,
  caller: m.Caller,
): Promise<m.Document> {
  const at = locate(request.name);
  const document = readDocument(openReading(core, at.database, request, caller), at);
  if (!document) throw new StatusError('NOT_FOUND', `Document "${at.name}" not found.`);
  return masked(document, request.mask);
}

/** Writes one document and answers with it, as it is right after the commit. */
async function writeOne(
  { committer, store, history }: Core,
  write: m.Write,
  name: string,
  mask: m.DocumentMask | undefined,
  caller: m.Caller,
): Promise<m.Document> {
  const at = locate(name);
  const { commitTime } = await committer.commit({ database: at.database, writes: [write], caller });
  const time = Number(commitTime.seconds ?? 0) * 1e6 + Math.floor((commitTime.nanos ?? 0) / 1000);
  const change = history.changeAfter(at.name, time);
  const document = change ? change.before : store.read(at);
  if (!document) throw new StatusError('ABORTED', 'The document was deleted meanwhile.');
  return masked(document, mask);
}

export async function createDocument(
  core: Core,
  { parent, collectionId = '', documentId, document, mask }: m.CreateDocumentRequest,
  caller: m.Caller,
): Promise<m.Document> {
  const { database, segments } = parseParent(parent);
  const id =
    documentId !== undefined && documentId !== '' ? documentId : randomBytes(15).toString('base64url');
  if (collectionId.includes('/') || id.includes('/')) throw invalid('An id must not contain "/".');
  const name = formatName({ database, segments: [...segments, collectionId, id] });
  const update = { name, fields: document?.fields ?? {} };
  return writeOne(core, { update, currentDocument: { exists: false } }, name, mask, caller);
}

export async function updateDocument(
  core: Core,
  { document, updateMask, mask, currentDocument }: m.UpdateDocumentRequest,
  caller: m.Caller,
): Promise<m.Document> {
  if (!document) throw invalid('An update needs a document.');
  const write = {
    update: { name: document.name, fields: document.fields ?? {} },
    ...(updateMask && { updateMask }),
    ...(currentDocument && { currentDocument }),
  };
  return writeOne(core, write, document.name, mask, caller);
}

export async function deleteDocument(
  { committer }: Core,
  { name = '', currentDocument }: m.DeleteDocumentRequest,
  caller: m.Caller,
): Promise<Record<string, never>> {
  const { database } = parseDocumentName(name);
  const write = { delete: name, ...(currentDocument && { currentDocument }) };
  await committer.commit({ database, writes: [write], caller });
  return {};
}
