/** An object's content. Source: https://cloud.google.com/storage/docs/json_api/v1/objects/get, with alt=media */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StoredObject } from './object.ts';

const HEADERS = {
  cacheControl: 'cache-control',
  contentDisposition: 'content-disposition',
  contentEncoding: 'content-encoding',
  contentLanguage: 'content-language',
} as const;

export function sendMedia(
  object: StoredObject,
  content: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.setHeader('content-type', object.contentType);
  for (const [key, name] of Object.entries(HEADERS)) {
    const value = object[key as keyof typeof HEADERS];
    if (value !== undefined) response.setHeader(name, value);
  }
  response.setHeader('etag', `"${object.generation}"`);
  response.setHeader('x-goog-generation', object.generation);
  response.setHeader('x-goog-metageneration', String(object.metageneration));
  response.setHeader('x-goog-hash', `crc32c=${object.crc32c},md5=${object.md5Hash}`);
  response.setHeader('x-goog-stored-content-length', String(content.length));
  response.setHeader('accept-ranges', 'bytes');
  const range = rangeOf(request.headers.range, content.length);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  const [start, end] = range ?? [0, content.length - 1];
  const part = content.subarray(start, end + 1);
  const partial = range === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${content.length}` };
  response.writeHead(range === undefined ? 200 : 206, { 'content-length': part.length, ...partial });
  response.end(request.method === 'HEAD' ? undefined : part);
}

/** RFC 9110 section 14.2, one range; undefined for none, or a form that may be ignored. */
function rangeOf(header: string | undefined, length: number): [number, number] | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const end = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1);
  return start > end ? 'unsatisfiable' : [start, end];
}
