import {
  isBeingRemoved,
  isObject,
  isRunStatus,
  isTerminal,
  LongrunError,
  runPath,
  threadPath,
  unpackJson,
  type Json,
  type JsonObject,
} from '@longrun/shared';
import type { Documents, Fields, StoredDocument } from '../../../ports/documents.ts';
import type { RunStore } from '../../../runtime/runs/run-store.ts';

/** A thread as its document has it. */
export interface StoredThread {
  thread_id: string;
  created_at: string;
  updated_at: string;
  state_updated_at: string;
  status: 'idle' | 'busy' | 'interrupted' | 'error';
  metadata: JsonObject;
  /** Of the newest run. */
  config: JsonObject;
  title: string;
  active_run_id: string | null;
  /** Whose state it has; null before the first run. */
  graph_id: string | null;
  ttl_minutes: number | null;
}

export function readThread(fields: Fields): StoredThread {
  const { status, active_run_id: active, ttl_minutes: ttl } = fields;
  const metadata = objectIn(fields, 'metadata');
  // Threads of before the metadata named it.
  const graph = metadata['graph_id'] ?? fields['assistant_id'];
  const updated = String(fields['updated_at']);
  return {
    thread_id: String(fields['thread_id']),
    created_at: String(fields['created_at']),
    updated_at: updated,
    state_updated_at: String(fields['state_updated_at'] ?? updated),
    status: status === 'busy' || status === 'interrupted' || status === 'error' ? status : 'idle',
    metadata,
    config: objectIn(fields, 'config'),
    title: String(fields['title'] ?? ''),
    active_run_id: typeof active === 'string' ? active : null,
    graph_id: typeof graph === 'string' ? graph : null,
    ttl_minutes: typeof ttl === 'number' ? ttl : null,
  };
}

/** Throws `not_found`, also while it is being removed. */
export async function requireStored(
  { documents }: RunStore,
  uid: string,
  threadId: string,
): Promise<{ doc: StoredDocument; thread: StoredThread }> {
  const [doc] = await documents.get([threadPath(uid, threadId)]);
  if (doc === undefined || isBeingRemoved(doc.fields)) {
    throw new LongrunError('not_found', `There is no thread ${threadId}.`);
  }
  return { doc, thread: await withQueue(documents, uid, doc) };
}

/**
 * The thread with the status that counts for its callers: while one run has ended and the next has not begun yet, it is as busy as
 * before. Of those that wait, some may have ended.
 */
export async function withQueue(
  documents: Documents,
  uid: string,
  { fields }: StoredDocument,
): Promise<StoredThread> {
  const thread = readThread(fields);
  const { queue } = fields;
  const waiting = Array.isArray(queue) ? queue.filter((id) => typeof id === 'string') : [];
  if (thread.status === 'busy' || waiting.length === 0) return thread;
  const runs = await documents.get(waiting.map((id) => runPath(uid, id)));
  const goesOn = runs.some((run) => {
    const status = run?.fields['status'];
    return typeof status === 'string' && isRunStatus(status) && !isTerminal(status);
  });
  return goesOn ? { ...thread, status: 'busy' } : thread;
}

function objectIn(fields: Fields, name: string): JsonObject {
  const value = unpackJson((fields[name] ?? {}) as Json);
  return isObject(value) ? value : {};
}
