/** `google.firestore.v1` over HTTP and JSON: https://firebase.google.com/docs/firestore/reference/rest */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Administrators } from '../../../access/administrators.ts';
import { StatusError, invalid } from '../../engine/status.ts';
import type { FirestoreApi } from '../../engine/types.ts';
import { authenticate } from '../auth.ts';
import { errorBody } from '../error-body.ts';
import { isRecord } from '../is-record.ts';
import type { Limits } from '../limits.ts';
import { readBody } from '../read-body.ts';
import { CUSTOM_METHODS } from './custom-methods.ts';
import { documentCall } from './document-methods.ts';
import type { RestCall } from './methods.ts';
import { queryParameters } from './query-parameters.ts';

export interface RestOptions {
  readonly api: FirestoreApi;
  readonly administrators: Administrators;
  readonly limits: Limits;
  /** Whether a project has security rules: then what is reserved to administrators is refused to others. */
  readonly guarded: (project: string) => boolean;
  readonly onDefect: (error: unknown) => void;
}

/** `/v1/projects/P/databases/D/documents/...`, with an RPC's name after a colon at the end. */
const RESOURCE = /^\/v1\/(projects\/([^/]+)\/databases\/[^/:]+)\/documents((?:\/[^/]+?)*?)(?::([A-Za-z]+))?$/;
/** Only POST calls an RPC by name; elsewhere a colon belongs to the id of a document. */
const DOCUMENT = /^\/v1\/(projects\/([^/]+)\/databases\/[^/:]+)\/documents((?:\/[^/]+)*)$/;

/** Answers the request. Returns false when the path is none of this interface. */
export async function handleRest(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { api, administrators, limits, guarded, onDefect }: RestOptions,
): Promise<boolean> {
  const [, encodedDatabase, encodedProject, encodedPath = '', method] =
    (request.method === 'POST' ? RESOURCE : DOCUMENT).exec(url.pathname) ?? [];
  if (encodedDatabase === undefined || encodedProject === undefined) return false;
  const database = decode(encodedDatabase);
  const path = encodedPath.split('/').slice(1).map(decode);
  const body = await readJson(request, limits.bodyBytes);
  const project = decode(encodedProject);
  const caller = authenticate(request.headers.authorization, project, administrators);
  const found = method === undefined ? undefined : CUSTOM_METHODS.get(method);
  if (method !== undefined && (!found || (found.resource === 'database' && path.length > 0))) {
    throw new StatusError('UNIMPLEMENTED', `Method ${method} is not available here.`);
  }
  if (!found) {
    const verb = request.method ?? '';
    const asked = documentCall(verb, database, path, queryParameters(url.searchParams), body);
    if (!asked) throw new StatusError('NOT_FOUND', `${verb} ${url.pathname} is not part of this interface.`);
    await answer(response, asked.call.run(api, asked.json, caller), onDefect);
    return true;
  }
  if (found.adminOnly && guarded(project) && caller.kind !== 'admin') {
    throw new StatusError(
      'PERMISSION_DENIED',
      `Missing or insufficient permissions. (${method ?? ''} needs an administrator)`,
    );
  }
  const resource = found.resource === 'database' ? database : [database, 'documents', ...path].join('/');
  if (!isRecord(body)) throw invalid('Invalid JSON payload received. Expected an object.');
  await answer(response, found.call.run(api, { ...body, [found.resource]: resource }, caller), onDefect);
  return true;
}

async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const text = await readBody(request, maxBytes);
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(`Invalid JSON payload received. ${error.message}`);
    throw error;
  }
}

async function answer(
  response: ServerResponse,
  result: ReturnType<RestCall['run']>,
  onDefect: (error: unknown) => void,
): Promise<void> {
  response.setHeader('Content-Type', 'application/json; charset=UTF-8');
  response.setHeader('Cache-Control', 'private');
  if (result instanceof Promise) response.end(JSON.stringify(await result));
  else await answerArray(response, result, onDefect);
}

/** Items as they come, no faster than the client takes them; an error is the last item of the array. */
async function answerArray(
  response: ServerResponse,
  items: AsyncIterable<object>,
  onDefect: (error: unknown) => void,
): Promise<void> {
  let separator = '[';
  try {
    for await (const item of items) {
      if (response.destroyed) return;
      const text = `${separator}${JSON.stringify(item)}`;
      separator = ',\n';
      if (!response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
    response.end(separator === '[' ? '[]' : ']');
  } catch (error) {
    if (!(error instanceof StatusError)) onDefect(error);
    const body = errorBody(error);
    if (!response.headersSent) response.statusCode = body.error.code;
    response.end(`${separator}${JSON.stringify(body)}]`);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) throw invalid(`${text} is not properly encoded`);
    throw error;
  }
}
