import { createHash, randomUUID } from 'node:crypto';
import {
  encodeEntry,
  fold,
  jsonBytes,
  logEntryPath,
  LongrunError,
  MAX_CONFIG_BYTES,
  runPath,
  searchTokens,
  threadPath,
  titleOf,
  wellFormed,
  type CreateRun,
  type Json,
  type LogEntry,
  type Run,
} from '@longrun/shared';
import { derivedId } from '../lib/derived-id.ts';
import { CommitConflict, type DocumentWrite, type StoredDocument } from '../ports/documents.ts';
import { tell } from '../telemetry/tell.ts';
import { newRunTrace } from '../telemetry/trace-request.ts';
import type { RunStore } from './run-store.ts';
import { holderOf, holding, placeOnThread, queuedWith, type Place } from './thread-queue.ts';

/** Firestore holds 1,048,576 bytes a document, and the first entry is one. Bytes of JSON. */
const MAX_INPUT_BYTES = 1_030_000;
const MAX_RACES = 10;

export interface CreateRunRequest {
  uid: string;
  body: CreateRun;
  /** The thread of the path, which must exist; a thread of the body is made when missing. */
  threadInPath?: string;
  idempotencyKey?: string;
  /** The ended run that this one does again. */
  retryOf?: string;
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
  const { uid, body, threadInPath, idempotencyKey, retryOf } = request;
  const runId =
    body.run_id ?? (idempotencyKey === undefined ? randomUUID() : derivedId('run', uid, idempotencyKey));
  const threadId = threadInPath ?? body.thread_id ?? derivedId('thread', uid, runId);
  const requestHash = hashOf(threadInPath ?? body.thread_id ?? null, body);
  // A run that names no thread by its path is most likely new, as is its thread: both are stored without a look, and
  // read only if one of them was there.
  const unseen = threadInPath === undefined && retryOf === undefined;
  for (let race = 0; race < MAX_RACES; race += 1) {
    const paths = unseen && race === 0 ? [] : [runPath(uid, runId), threadPath(uid, threadId)];
    const [runDoc, threadDoc] = await store.documents.get(paths);
    if (runDoc !== undefined)
      return { run: await existing(store, uid, runId, runDoc, requestHash), created: false };
    if (threadInPath !== undefined && threadDoc === undefined) {
      throw new LongrunError(
        'not_found',
        `There is no thread ${threadInPath}. Create it with POST /api/threads.`,
      );
    }
    if (threadDoc?.fields['removing'] === true) {
      throw new LongrunError('not_found', `Thread ${threadId} is being deleted.`);
    }
    const place = placeOnThread(await holderOf(store, uid, threadDoc), body.multitask_strategy ?? 'reject');
    const entry = firstEntry(uid, runId, threadId, request, place, store.clock.now());
    const run = foldFirst(entry);
    try {
      const named = retryOf === undefined && (threadInPath ?? body.thread_id) !== undefined;
      await store.documents.commit(creation(store, run, entry, { requestHash, thread: threadDoc, named }));
      tell(undefined, run, entry);
      return { run, created: true };
    } catch (error) {
      if (!(error instanceof CommitConflict)) throw error;
    }
  }
  throw new LongrunError('unavailable', 'The thread is changing too quickly; try again.');
}

function firstEntry(
  uid: string,
  runId: string,
  threadId: string,
  { body, retryOf }: CreateRunRequest,
  place: Place,
  at: number,
): LogEntry {
  const input: Json = wellFormed(body.input ?? null);
  const config: Json = wellFormed(body.config ?? {});
  const metadata: Json = wellFormed(body.metadata ?? {});
  if (jsonBytes(config) + jsonBytes(metadata) > MAX_CONFIG_BYTES) {
    throw new LongrunError('too_large', `config and metadata may have ${MAX_CONFIG_BYTES} bytes together.`);
  }
  if (jsonBytes(input) + jsonBytes(config) + jsonBytes(metadata) > MAX_INPUT_BYTES) {
    throw new LongrunError('too_large', `The input may have ${MAX_INPUT_BYTES} bytes of JSON.`);
  }
  const { assistant_id, run_timeout_s, step_timeout_s, webhook } = body;
  const trace = newRunTrace();
  return {
    n: 0,
    writer: 'api',
    nonce: randomUUID(),
    events: [
      {
        seq: 1,
        at,
        type: 'run.created',
        run_id: runId,
        thread_id: threadId,
        owner: uid,
        assistant_id,
        title: titleOf(input, assistant_id),
        input,
        config,
        metadata,
        ...place,
        ...(retryOf === undefined ? {} : { retry_of: retryOf }),
        ...(run_timeout_s ? { run_timeout_ms: Math.ceil(run_timeout_s * 1_000) } : {}),
        ...(step_timeout_s ? { step_timeout_ms: Math.ceil(step_timeout_s * 1_000) } : {}),
        ...(webhook ? { webhook } : {}),
        ...(trace === undefined ? {} : { trace }),
      },
    ],
  };
}

function foldFirst(entry: LogEntry): Run {
  const [event] = entry.events;
  if (event === undefined) throw new Error('The first entry holds run.created.');
  return fold(undefined, event);
}

function creation(
  store: RunStore,
  run: Run,
  entry: LogEntry,
  { requestHash, thread, named }: { requestHash: string; thread: StoredDocument | undefined; named: boolean },
): DocumentWrite[] {
  const document = store.documentWrite(run);
  const path = threadPath(run.owner, run.thread_id);
  const title = thread?.fields['title'] === '' ? { title: run.title } : {};
  return [
    { op: 'create', path: logEntryPath(run.owner, run.run_id, 0), fields: { ...encodeEntry(entry) } },
    {
      op: 'create',
      path: document.path,
      fields: { ...document.fields, search: searchTokens(run.title), request_hash: requestHash },
    },
    thread === undefined
      ? {
          op: 'create',
          path,
          fields: {
            ...newThread(run.thread_id, run.created_at),
            ...holding(run),
            title: run.title,
            kept: named,
          },
        }
      : {
          op: 'update',
          path,
          version: thread.version,
          fields: {
            ...title,
            ...(named ? { kept: true } : {}),
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
  hash: string,
): Promise<Run> {
  if (doc.fields['request_hash'] !== hash) {
    throw new LongrunError(
      'idempotency_conflict',
      `Run ${runId} exists with another request. Use a new run_id or idempotency key for a new run.`,
    );
  }
  return (await store.require(uid, runId)).run;
}

function hashOf(threadId: string | null, body: CreateRun): string {
  const { assistant_id, input = null, config = null, metadata = null, webhook } = body;
  return createHash('sha256')
    .update(JSON.stringify([threadId, assistant_id, input, config, metadata, ...(webhook ? [webhook] : [])]))
    .digest('hex');
}
