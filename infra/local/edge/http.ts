import type { IncomingMessage, ServerResponse } from 'node:http';
import { endAnswer } from '../net/end-answer.ts';

/** Answers with JSON. Does nothing when the answer has begun or the client is gone. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': text.length,
    'cache-control': 'no-store',
    ...headers,
  });
  endAnswer(response, text);
}

export function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  sendJson(response, status, { error: { code, message } });
}

/** The decoded path of a request without its query, or undefined for one that no client sends in good faith. */
export function pathOf(request: IncomingMessage): string | undefined {
  const raw = (request.url ?? '').split(/[?#]/, 1)[0] ?? '';
  if (!raw.startsWith('/')) return undefined;
  try {
    const path = decodeURIComponent(raw);
    return path.includes('\0') || path.split(/[/\\]/).some((part) => part === '..') ? undefined : path;
  } catch {
    return undefined; // a malformed escape
  }
}

export class BodyTooLarge extends Error {}

/** The whole body as text. Rejects with BodyTooLarge beyond `maxBytes`. */
export async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
