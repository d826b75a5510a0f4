import { randomUUID } from 'node:crypto';
import {
  encodeEntry,
  logEntryPath,
  LongrunError,
  runPath,
  searchTokens,
  threadPath,
  type CreateRun,
  type LogEntry,
  type Run,
} from '@longrun/shared';
import { derivedId } from '../../lib/derived-id.ts';
import { Turns } from '../../lib/turns.ts';
import { CommitConflict, type DocumentWrite, type StoredDocument } from '../../ports/documents.ts';
import { tell } from '../../telemetry/tell.ts';
import { firstEntry, foldFirst } from './first-entry.ts';
import { earlierRequestHash, requestHash } from './request-hash.ts';
import type { RunStore } from './run-store.ts';
import { holderOf, holding, placeOnThread, queuedWith } from './thread-queue.ts';

/** Against other instances; those of one instance wait for each other, however many come at once. */
const MAX_RACES = 10;
const turns = new WeakMap<RunStore, Turns>();

export interface CreateRunRequest {
  uid: string;
  body: CreateRun;
  /** The thread of the path, which must exist unless `if_not_exists` says otherwise; one of the body is made. */
  threadInPath?: string;
  idempotencyKey?: string;
  /** The ended run that this one does again. */
  retryOf?: string;
  /** Headers that the graph finds in `config.configurable`, where the request's own entries come before them. */
  headers?: { [name: string]: string };
}

/**
 * Stores the run: its first log entry, its document and its claim on the thread in one batch. The same run_id
 * or idempotency key with the same request gives the same run. Throws `idempotency_conflict`, `thread_busy`,
 * `not_found`, `too_large`.
 */
export async function createRun(
  store: RunStore,
  request: CreateRunRequest,
): Promise<{ run: Run; created: boolean }> {
  const thread = namedThread(request);
  if (thread === null) return race(store, request);
  let taken = turns.get(store);
  if (taken === undefined) turns.set(store, (taken = new Turns()));
  return taken.take(threadPath(request.uid, thread), () => race(store, request));
}

async function race(store: RunStore, request: CreateRunRequest): Promise<{ run: Run; created: boolean }> {
  const { uid, body, threadInPath, idempotencyKey, retryOf, headers } = request;
  const runId =
    body.run_id ?? (idempotencyKey === undefined ? randomUUID() : derivedId('run', uid, idempotencyKey));
  const named = namedThread(request);
  const threadId = named ?? derivedId('thread', uid, runId);
  const mustExist = retryOf !== undefined || (named !== null && ifMissing(request) === 'reject');
  // A run that names no thread by its path is most likely new, as is its thread: both are stored without a look, and
  // read only if one of them was there.
  const unseen = !mustExist && threadInPath === undefined;
  for (let races = 0; races < MAX_RACES; races += 1) {
    const paths = [runPath(uid, runId), threadPath(uid, threadId), runPath(uid, retryOf ?? runId)];
    const [runDoc, threadDoc, retried] = await store.documents.get(unseen && races === 0 ? [] : paths);
    if (runDoc !== undefined)
      return { run: await existing(store, uid, runId, runDoc, request), created: false };
    if (retryOf !== undefined && retried === undefined) {
      throw new LongrunError('not_found', `There is no run ${retryOf} any more.`);
    }
    if (mustExist && threadDoc === undefined) {
      throw new LongrunError(
        'not_found',
        `There is no thread ${threadId}. Create it with POST /api/threads, or send if_not_exists: "create".`,
      );
    }
    if (threadDoc?.fields['removing'] === true) {
      throw new LongrunError('not_found', `Thread ${threadId} is being deleted.`);
    }
    const place = placeOnThread(await holderOf(store, uid, threadDoc), body.multitask_strategy ?? 'reject');
    const at = store.clock.now();
    const entry = firstEntry(body, { uid, runId, threadId, retryOf, headers, place, at });
    const run = foldFirst(entry);
    try {
      await store.documents.commit(creation(store, run, entry, request, threadDoc));
      tell(undefined, run, entry);
      return { run, created: true };
    } catch (error) {
      if (!(error instanceof CommitConflict)) throw error;
    }
  }
  throw new LongrunError('unavailable', 'The thread is changing too quickly; try again.');
}

/** The thread that the request names, by its path or in its body. Throws when the two differ. */
function namedThread({ threadInPath, body }: CreateRunRequest): string | null {
  const inBody = body.thread_id ?? null;
  if (threadInPath === undefined) return inBody;
  if (inBody !== null && inBody !== threadInPath) {
    throw new LongrunError('invalid_request', 'body.thread_id: is not the thread of the path; leave it out.');
  }
  return threadInPath;
}

function ifMissing({ threadInPath, body }: CreateRunRequest): 'create' | 'reject' {
  return body.if_not_exists ?? (threadInPath === undefined ? 'create' : 'reject');
}

function creation(
  store: RunStore,
  run: Run,
  entry: LogEntry,
  request: CreateRunRequest,
  thread: StoredDocument | undefined,
): DocumentWrite[] {
  const { body, retryOf } = request;
  const document = store.documentWrite(run);
  const path = threadPath(run.owner, run.thread_id);
  const title = thread?.fields['title'] === '' ? { title: run.title } : {};
  const kept = retryOf === undefined && (namedThread(request) !== null || body.on_completion === 'keep');
  const request_hash = requestHash(namedThread(request), body);
  return [
    { op: 'create', path: logEntryPath(run.owner, run.run_id, 0), fields: { ...encodeEntry(entry) } },
    {
      op: 'create',
      path: document.path,
      fields: { ...document.fields, search: searchTokens(run.title), request_hash },
    },
    // Together with the new run: one that is being removed is not done again.
    ...(retryOf === undefined
      ? []
      : [{ op: 'update' as const, path: runPath(run.owner, retryOf), fields: { retried_by: run.run_id } }]),
    thread === undefined
      ? {
          op: 'create',
          path,
          fields: { ...newThread(run.thread_id, run.created_at), ...holding(run), title: run.title, kept },
        }
      : {
          op: 'update',
          path,
          version: thread.version,
          fields: {
            ...title,
            ...(kept ? { kept: true } : {}),
            ...(run.queued ? { queue: queuedWith(thread, run) } : holding(run)),
          },
        },
  ];
}

/** Fields of a thread that nobody has used yet. */
export function newThread(threadId: string, at: string) {
  return {
    thread_id: threadId,
    created_at: at,
    updated_at: at,
    status: 'idle',
    title: '',
    metadata: {},
    active_run_id: null,
    queue: [],
    /** Whether it stays when its runs are old: someone gave it a name to come back to. */
    kept: true,
  };
}

async function existing(
  store: RunStore,
  uid: string,
  runId: string,
  doc: StoredDocument,
  request: CreateRunRequest,
): Promise<Run> {
  const asked = [namedThread(request), request.body] as const;
  if (
    ![requestHash(...asked), earlierRequestHash(...asked)].some((hash) => doc.fields['request_hash'] === hash)
  ) {
    throw new LongrunError(
      'idempotency_conflict',
      `Run ${runId} exists with another request. Use a new run_id or idempotency key for a new run.`,
    );
  }
  return (await store.require(uid, runId)).run;
}
