import type { IncomingMessage } from 'node:http';
import { invalid, StorageApiError } from './errors.ts';

/** An upload in one request is held in memory; larger things than a page's files are for resumable uploads. */
export const MAX_UPLOAD_BYTES = 64 * 1024 * 1024;
const MAX_JSON_BYTES = 64 * 1024;

/** The whole body. Rejects beyond `maxBytes`, and when the client broke it off. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new StorageApiError(413, 'uploadTooLarge', `At most ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** An object in JSON; an empty body is an empty one. */
export async function readJson(request: IncomingMessage): Promise<object> {
  return parseJson(await readBody(request, MAX_JSON_BYTES));
}

export function parseJson(body: Buffer): object {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    throw invalid('The metadata is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('The metadata must be an object.');
  return value;
}
