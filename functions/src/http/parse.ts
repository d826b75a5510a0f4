import type { Request } from 'express';
import {
  ID_PATTERN,
  isNestedDeeper,
  LongrunError,
  MAX_BODY_BYTES,
  MAX_JSON_DEPTH,
  wellFormed,
} from '@longrun/shared';
import * as z from 'zod/mini';

/** The JSON body by its schema; an absent body counts as `{}`. Throws `too_large` and `invalid_request`. */
export function parseBody<T extends z.ZodMiniType>(req: Request, schema: T): z.infer<T> {
  const raw: unknown = 'rawBody' in req ? req.rawBody : undefined;
  const bytes = Buffer.isBuffer(raw) ? raw.length : 0;
  if (bytes > MAX_BODY_BYTES) {
    throw new LongrunError('too_large', `The body may have ${MAX_BODY_BYTES} bytes; it has ${bytes}.`);
  }
  // Without a type it was not even read.
  if (hasBody(req) && req.is(['json', 'text/plain']) === false) {
    throw new LongrunError('unsupported_media_type', 'Send JSON with content-type: application/json.');
  }
  if (Buffer.isBuffer(raw)) checkDepth(raw.toString('utf8'), 'body');
  const body: unknown = req.body;
  // Some clients send their JSON as text, which needs no preflight.
  const value =
    typeof body === 'string' && bytes > 0 && req.is('json') === false ? jsonIn(body, 'body') : body;
  return check(schema, bytes === 0 ? {} : keepable(value, 'body'), 'body');
}

/** A message in JSON that comes by itself, by its schema. Throws `invalid_request`, which names it by `where`. */
export function parseText<T extends z.ZodMiniType>(text: string, schema: T, where: string): z.infer<T> {
  checkDepth(text, where);
  return check(schema, keepable(jsonIn(text, where), where), where);
}

function jsonIn(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LongrunError('invalid_request', `${where}: is not JSON.`);
  }
}

function checkDepth(text: string, where: string): void {
  if (!isNestedDeeper(text, MAX_JSON_DEPTH)) return;
  throw new LongrunError('invalid_request', `${where}: may be nested ${MAX_JSON_DEPTH} levels deep.`);
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

export function parseQuery<T extends z.ZodMiniType>(req: Request, schema: T): z.infer<T> {
  return check(schema, req.query, 'query');
}

/**
 * Text that is no text, as half an emoji, becomes what every store and encoder makes of it in the end, so that all see the
 * same. Throws `invalid_request` for a key that would be lost on its way.
 */
function keepable(body: unknown, where: string): unknown {
  const text = wellFormed(body);
  const place = placeOfProto(text, where);
  if (place !== null) {
    throw new LongrunError(
      'invalid_request',
      `${place}: a key cannot be called __proto__; name it otherwise.`,
    );
  }
  return text;
}

function placeOfProto(value: unknown, at: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  if (Object.hasOwn(value, '__proto__')) return at;
  for (const [key, item] of Object.entries(value)) {
    const found = placeOfProto(item, `${at}.${key}`.slice(0, 200));
    if (found !== null) return found;
  }
  return null;
}

/** An id of the path. One that can be no id of ours is simply not found. */
export function pathId(req: Request, name: string): string {
  const value = req.params[name];
  if (typeof value !== 'string' || !ID_PATTERN.test(value)) {
    throw new LongrunError('not_found', `There is no such ${name.replace('_id', '')}.`);
  }
  return value;
}

/** A value within a request by its schema. Throws `invalid_request`, which names it by `where`. */
export const parseAs = <T extends z.ZodMiniType>(schema: T, value: unknown, where: string): z.infer<T> =>
  check(schema, value, where);

function check<T extends z.ZodMiniType>(schema: T, value: unknown, where: string): z.infer<T> {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.map(String).join('.').slice(0, 200),
    message: issue.message,
  }));
  const first = issues[0];
  const at = first === undefined || first.path === '' ? where : `${where}.${first.path}`;
  throw new LongrunError('invalid_request', `${at}: ${first?.message ?? 'is not valid'}.`, { issues });
}
