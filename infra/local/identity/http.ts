import type { IncomingMessage, ServerResponse } from 'node:http';
import { endAnswer } from '../net/end-answer.ts';
import { IdentityError } from './errors.ts';
import { Fields, isRecord } from './fields.ts';

/** Bytes. Only an import of 1,000 accounts is large, and only an administrator sends one. */
const MAX_BODY = 256 * 1024;
const MAX_ADMIN_BODY = 8 * 1024 * 1024;

/** Any page that was let in may call, as with Google's own endpoints: nothing here rests on cookies. */
export function allowAnyOrigin(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Vary', 'Origin');
}

export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const headers = request.headers['access-control-request-headers'];
  response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PATCH, DELETE, OPTIONS');
  if (headers !== undefined) response.setHeader('Access-Control-Allow-Headers', headers);
  if (request.headers['access-control-request-private-network'] === 'true') {
    response.setHeader('Access-Control-Allow-Private-Network', 'true');
  }
  response.setHeader('Access-Control-Max-Age', '3600');
  response.writeHead(204).end();
}

/** The body as fields, JSON or a form; none when empty. */
export async function readFields(request: IncomingMessage, privileged: boolean): Promise<Fields> {
  const text = await readText(request, privileged ? MAX_ADMIN_BODY : MAX_BODY);
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return new Fields(Object.fromEntries(new URLSearchParams(text)));
  }
  if (text.trim() === '') return new Fields({});
  return new Fields(parseJson(text));
}

async function readText(request: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > limit) throw new IdentityError(`Request body exceeds ${limit} bytes.`, 413);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (isRecord(value)) return value;
  throw new IdentityError('Invalid JSON payload received. Expected an object.', 400, 'INVALID_ARGUMENT');
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent || response.destroyed) return;
  response.setHeader('Content-Type', 'application/json; charset=UTF-8');
  response.setHeader('Cache-Control', 'no-store');
  const text = Buffer.from(JSON.stringify(body));
  response.setHeader('Content-Length', text.length);
  response.writeHead(status);
  endAnswer(response, text);
}
