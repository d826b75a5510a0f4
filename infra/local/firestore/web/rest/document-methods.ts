/** `GET|PATCH|POST|DELETE .../documents/{path}`: one document, or a collection when the path names one. */
import type * as m from '../../engine/types.ts';
import { isRecord } from '../is-record.ts';
import * as s from '../json/schema.ts';
import { unary } from './methods.ts';
import type { RestCall } from './methods.ts';

const GET = unary<m.GetDocumentRequest>(s.GET_REQUEST, s.DOCUMENT, (api, request, caller) =>
  api.getDocument(request, caller),
);
const LIST = unary<m.ListDocumentsRequest>(s.LIST_REQUEST, s.LIST_RESPONSE, (api, request, caller) =>
  api.listDocuments(request, caller),
);
const CREATE = unary<m.CreateDocumentRequest>(s.CREATE_REQUEST, s.DOCUMENT, (api, request, caller) =>
  api.createDocument(request, caller),
);
const UPDATE = unary<m.UpdateDocumentRequest>(s.UPDATE_REQUEST, s.DOCUMENT, (api, request, caller) =>
  api.updateDocument(request, caller),
);
const DELETE = unary<m.DeleteDocumentRequest>(s.DELETE_REQUEST, s.EMPTY, (api, request, caller) =>
  api.deleteDocument(request, caller),
);

/** Undefined when the verb does not fit the kind of resource. */
export function documentCall(
  verb: string,
  database: string,
  path: readonly string[],
  query: Readonly<Record<string, unknown>>,
  body: unknown,
): { call: RestCall; json: unknown } | undefined {
  const name = [database, 'documents', ...path].join('/');
  const isDocument = path.length > 0 && path.length % 2 === 0;
  const isCollection = path.length % 2 === 1;
  const collection = {
    parent: [database, 'documents', ...path.slice(0, -1)].join('/'),
    collectionId: path.at(-1) ?? '',
  };
  if (verb === 'GET' && isDocument) return { call: GET, json: { ...query, name } };
  if (verb === 'GET' && isCollection) return { call: LIST, json: { ...query, ...collection } };
  if (verb === 'POST' && isCollection)
    return { call: CREATE, json: { ...query, ...collection, document: body } };
  if (verb === 'PATCH' && isDocument) {
    return { call: UPDATE, json: { ...query, document: { ...(isRecord(body) && body), name } } };
  }
  return verb === 'DELETE' && isDocument ? { call: DELETE, json: { ...query, name } } : undefined;
}
