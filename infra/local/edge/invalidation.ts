/**
 * Cache invalidation as Compute Engine's REST API offers it: urlMaps.invalidateCache starts an operation, globalOperations
 * tells how far it is (https://cloud.google.com/compute/docs/reference/rest/v1/urlMaps/invalidateCache). Here it takes
 * a moment instead of seconds; DONE means that the entries are gone.
 */
import { randomInt } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cache } from './cache.ts';
import { BodyTooLarge, readText, sendJson } from './http.ts';
import { done } from './operations.ts';
import type { Operation, Operations } from './operations.ts';

const INVALIDATE = /^\/compute\/v1\/projects\/([^/]+)\/global\/urlMaps\/([^/]+)\/invalidateCache$/;
const OPERATION = /^\/compute\/v1\/projects\/([^/]+)\/global\/operations\/([^/]+)$/;
const MAX_BODY_BYTES = 64 * 1024;
const TAKES_MS = 300; // long enough for a page to show that something goes on

export interface Invalidation {
  /** Answers everything below /compute/; `path` is decoded. */
  handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends what is under way. */
  close(): void;
}

export function createInvalidation(cache: Cache, operations: Operations): Invalidation {
  const timers = new Set<NodeJS.Timeout>();

  const start = (project: string, urlMap: string, pattern: string, host: string): Operation => {
    const now = new Date().toISOString();
    const id = String(randomInt(2 ** 47)) + String(randomInt(1e4));
    const base = `http://${host}/compute/v1/projects/${project}/global`;
    const name = `operation-${Date.now()}-${id}`;
    const operation: Operation = {
      kind: 'compute#operation',
      id,
      name,
      operationType: 'invalidateCache',
      targetLink: `${base}/urlMaps/${urlMap}`,
      selfLink: `${base}/operations/${name}`,
      status: 'RUNNING',
      progress: 0,
      insertTime: now,
      startTime: now,
    };
    operations.put(`${project}/${name}`, operation);
    const timer = setTimeout(() => {
      timers.delete(timer);
      cache.purge(pattern);
      operations.put(`${project}/${name}`, done(operation, new Date().toISOString()));
    }, TAKES_MS);
    timers.add(timer);
    return operation;
  };

  const invalidate = async (
    [, project = '', urlMap = '']: RegExpExecArray,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    if (request.method !== 'POST') return fail(response, 405, 'methodNotAllowed', 'Use POST.');
    // A page of another origin cannot send this type unasked, so it cannot purge what a person at this machine serves.
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
      return fail(response, 415, 'invalid', 'Send application/json.');
    }
    const pattern = patternIn(await readText(request, MAX_BODY_BYTES));
    if (pattern === undefined) {
      const hint = 'it must begin with "/", and may hold one "*", at its end, after a "/".';
      return fail(response, 400, 'invalid', `Invalid value for field 'resource.path': ${hint}`);
    }
    return sendJson(response, 200, start(project, urlMap, pattern, request.headers.host ?? ''));
  };

  return {
    async handle(path, request, response) {
      try {
        const asked = INVALIDATE.exec(path);
        if (asked !== null) return await invalidate(asked, request, response);
        request.resume();
        const [, project, name] = OPERATION.exec(path) ?? [];
        const operation = request.method === 'GET' ? operations.get(`${project}/${name}`) : undefined;
        if (operation !== undefined) return sendJson(response, 200, operation);
        return fail(response, 404, 'notFound', `The resource '${path}' was not found.`);
      } catch (error) {
        if (!(error instanceof BodyTooLarge)) throw error;
        response.setHeader('Connection', 'close');
        return fail(response, 413, 'uploadTooLarge', 'The request is too large.');
      }
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** The `path` of an invalidation request when it is one that Google accepts. */
function patternIn(text: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined; // refused like any other body without a path
  }
  if (typeof body !== 'object' || body === null || !('path' in body) || typeof body.path !== 'string')
    return undefined;
  return /^\/[^*?#]*$/.test(body.path) || /^\/([^*?#]*\/)?\*$/.test(body.path) ? body.path : undefined;
}

/** The shape of Google's REST errors. */
function fail(response: ServerResponse, code: number, reason: string, message: string): void {
  sendJson(response, code, { error: { code, message, errors: [{ message, domain: 'global', reason }] } });
}
