import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { StatusError } from '../engine/status.ts';

/** The whole body as text. @throws StatusError when it is longer than `maxBytes`, or no UTF-8. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > maxBytes)
      throw new StatusError('INVALID_ARGUMENT', `the body exceeds ${String(maxBytes)} bytes`);
    chunks.push(bytes);
  }
  const body = Buffer.concat(chunks);
  if (!isUtf8(body)) throw new StatusError('INVALID_ARGUMENT', 'the body is no UTF-8');
  return body.toString('utf8');
}
