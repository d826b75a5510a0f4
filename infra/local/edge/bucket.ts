/** Answers from the bucket through the cache: conditional requests, codings, the app's page for unknown routes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PathRule } from '../../edge/url-map.ts';
import type { Cache, Lookup } from './cache.ts';
import { sendError } from './http.ts';

export async function serveBucket(
  cache: Cache,
  pageHeaders: Record<string, string>,
  rule: PathRule,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.resume();
  for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return sendError(response, 405, 'method_not_allowed', 'Use GET or HEAD.');
  }
  const accept = headerOf(request, 'accept-encoding');
  const found = await cache.get(path, accept);
  if (found !== undefined) return sendObject(found, request, response);
  if (rule.fallback === null) return sendError(response, 404, 'not_found', `${path} does not exist.`);
  const fallback = await cache.get(rule.fallback, accept);
  if (fallback !== undefined) return sendObject(fallback, request, response);
  return sendError(
    response,
    503,
    'not_built',
    `There is no ${rule.fallback} to serve: build the page first.`,
  );
}

function sendObject({ entry, hit, age }: Lookup, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Cache-Control', entry.cacheControl);
  response.setHeader('ETag', entry.etag);
  response.setHeader('Age', age);
  response.setHeader('X-Cache', hit ? 'hit' : 'miss');
  if (entry.varies) response.setHeader('Vary', 'Accept-Encoding');
  if (isUnchanged(headerOf(request, 'if-none-match'), entry.etag)) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader('Content-Type', entry.contentType);
  response.setHeader('Content-Length', entry.body.length);
  if (entry.encoding !== 'identity') response.setHeader('Content-Encoding', entry.encoding);
  response.writeHead(200);
  response.end(request.method === 'HEAD' ? undefined : entry.body);
}

/** RFC 9110 section 13.1.2: weak comparison. */
function isUnchanged(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}

function headerOf(request: IncomingMessage, name: 'accept-encoding' | 'if-none-match'): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
