import { randomUUID } from 'node:crypto';
import {
  ADMIN_ACTIONS,
  errorMessage,
  LongrunError,
  type AdminAction,
  type AuditEntry,
} from '@longrun/shared';
import * as z from 'zod/mini';
import type { Documents, DocumentWrite } from '../ports/documents.ts';
import { AUDIT } from './paths.ts';

/** Who did what to what. */
export interface AuditRecord {
  operation_id: string;
  by: AuditEntry['by'];
  action: AdminAction;
  target: string;
}

const entrySchema = z.object({
  id: z.string(),
  at: z.string(),
  by: z.object({ uid: z.string(), email: z.nullable(z.string()) }),
  action: z.enum(ADMIN_ACTIONS),
  target: z.string(),
  outcome: z.enum(['started', 'succeeded', 'failed']),
  detail: z.string(),
  operation_id: z.nullable(z.string()),
});
const cursorSchema = z.object({
  at: z.string().check(z.maxLength(40)),
  id: z.string().check(z.regex(/^[\w-]{1,100}$/)),
});
const MAX_DETAIL = 2_000;

/**
 * The write that puts one line into the log. Lines are created and never touched again. There are two for an action, of
 * which the ids say which is which: nobody can write a second beginning or a second end.
 */
export function auditWrite(
  record: AuditRecord,
  outcome: AuditEntry['outcome'],
  at: number,
  detail: string,
): DocumentWrite {
  const id = `${record.operation_id}-${outcome === 'started' ? 1 : 2}`;
  const entry: AuditEntry = {
    id,
    at: new Date(at).toISOString(),
    by: record.by,
    action: record.action,
    target: record.target,
    outcome,
    detail: detail.slice(0, MAX_DETAIL),
    operation_id: record.operation_id,
  };
  return { op: 'create', path: `${AUDIT}/${id}`, fields: { ...entry, by: { ...entry.by } } };
}

export interface AuditContext {
  documents: Documents;
  clock: { now(): number };
}

/**
 * Does something and notes it: before, or it is not done, and afterwards how it went. `with` is written together with the
 * beginning, and may refuse it.
 */
export async function audited<T>(
  { documents, clock }: AuditContext,
  record: Omit<AuditRecord, 'operation_id'>,
  work: () => Promise<{ result: T; detail: string }>,
  options: { with?: DocumentWrite[]; detail?: string } = {},
): Promise<T> {
  const full: AuditRecord = { ...record, operation_id: randomUUID() };
  await documents.commit([
    auditWrite(full, 'started', clock.now(), options.detail ?? ''),
    ...(options.with ?? []),
  ]);
  const end = (outcome: 'succeeded' | 'failed', detail: string) =>
    documents.commit([auditWrite(full, outcome, clock.now(), detail)]);
  let done: { result: T; detail: string };
  try {
    done = await work();
  } catch (error) {
    await end('failed', errorMessage(error));
    throw error;
  }
  await end('succeeded', done.detail);
  return done.result;
}

/** Newest first. */
export async function listAudit(
  documents: Documents,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ entries: AuditEntry[]; next_cursor: string | null }> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const found = await documents.query({
    collection: AUDIT,
    orderBy: [
      { field: 'at', direction: 'desc' },
      { field: '__name__', direction: 'desc' },
    ],
    ...(after === undefined ? {} : { startAfter: [after.at, after.id] }),
    limit: limit + 1,
  });
  const entries = found.slice(0, limit).map(({ fields }) => z.parse(entrySchema, fields));
  const last = found.length > limit ? entries.at(-1) : undefined;
  return { entries, next_cursor: last === undefined ? null : encodeCursor(last) };
}

function encodeCursor({ at, id }: AuditEntry): string {
  return Buffer.from(JSON.stringify({ at, id })).toString('base64url');
}

function decodeCursor(text: string): z.infer<typeof cursorSchema> {
  try {
    return z.parse(cursorSchema, JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new LongrunError('invalid_request', 'query.cursor: is not a cursor that the log answered with.', {
      cause: String(cause).slice(0, 200),
    });
  }
}
