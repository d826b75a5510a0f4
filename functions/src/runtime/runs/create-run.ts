import { randomUUID } from 'node:crypto';
import {
  encodeEntry,
  isBeingRemoved,
  isObject,
  logEntryPath,
  LongrunError,
  packJson,
  runPath,
  searchTokens,
  threadPath,
  turnPath,
  unpackJson,
  type CreateRun,
  type Json,
  type JsonObject,
  type LogEntry,
  type Run,
} from '@longrun/shared';
import type { Identity } from '../../custom-auth/custom-auth.ts';
import { defaultAssistantId } from '../../lib/default-assistant-id.ts';
import { derivedId } from '../../lib/derived-id.ts';
import {
  CommitConflict,
  type Documents,
  type DocumentWrite,
  type Fields,
  type StoredDocument,
} from '../../ports/documents.ts';
import { withinCaps } from '../../quotas/caps.ts';
import type { Quotas } from '../../quotas/quotas.ts';
import { NO_SHARE, shareFields, shareOf, type Share } from '../../quotas/share-fields.ts';
import { tell } from '../../telemetry/tell.ts';
import { setsOut, type ApiRequest } from './api-request.ts';
import { firstEntry, foldFirst } from './first-entry.ts';
import { checkpointKey, pathOf } from '../saver/keys.ts';
import { earlierRequestHash, requestHash } from './request-hash.ts';
import type { RunStore } from './run-store.ts';
import { holderOf, holding, placeOnThread, queuedWith } from './thread-queue.ts';

/** Beyond what a hundred requests for one thread or user need, from a dozen processes. */
const MAX_RACES = 40;
const MAX_PAUSE_MS = 400;

export interface CreateRunRequest {
  uid: string;
  body: CreateRun;
  /** The thread of the path, which must exist unless `if_not_exists` says otherwise; one of the body is made. */
  threadInPath?: string;
  idempotencyKey?: string;
  /** The ended run that this one does again. */
  retryOf?: string;
  /** The command that it had not taken. */
  untaken?: JsonObject;
  /** Headers that the graph finds in `config.configurable`, where the request's own entries come before them. */
  headers?: { [name: string]: string };
  /** Whose run it is, where the project itself knows its users; the graph finds them in `config.configurable`. */
  identity?: Identity;
  api?: ApiRequest;
  /** It may have come before and begun a turn, which has its id. */
  mayBeTurn?: boolean;
  /** What the run must keep to; absent when an administrator creates it. */
  quotas?: { quotas: Quotas; anonymous: boolean };
}

export interface CreatedRun {
  run: Run;
  created: boolean;
  /** Whether it waits for its user's other runs; see `dispatchCreated`. */
  share: Share;
}

/** Its id is that of a turn which the same request, sent twice, began meanwhile. */
export class BegunAsTurn extends Error {
  constructor(id: string) {
    super(`${id} is a turn of another run.`);
    this.name = 'BegunAsTurn';
  }
}

/**
 * Stores the run: its first log entry, its document and its claim on the thread in one batch. The same run_id
 * or idempotency key with the same request gives the same run. Throws `idempotency_conflict`, `thread_busy`,
 * `not_found`, `too_large`, `limit_exceeded`, `quota_exceeded`, BegunAsTurn.
 */
export async function createRun(store: RunStore, request: CreateRunRequest): Promise<CreatedRun> {
  const { uid, quotas } = request;
  const runId = runIdOf(request);
  const create = () => createOnce(store, request, runId);
  for (let race = 0; race < MAX_RACES; race += 1) {
    try {
      // Those of one user come one after the other anyway, so within a process they need not race.
      return await (quotas === undefined ? create() : quotas.quotas.inTurn(uid, create));
    } catch (error) {
      if (!(error instanceof CommitConflict)) throw error;
    }
    const pause = Math.ceil(Math.random() * Math.min(MAX_PAUSE_MS, 10 * 2 ** race));
    await new Promise<void>((resolve) => store.clock.after(pause, resolve));
  }
  throw new LongrunError('unavailable', 'The thread is changing too quickly; try again.');
}

/** The id that the request names, or that follows from its key; else a new one. */
export function runIdOf({ uid, body, idempotencyKey }: CreateRunRequest): string {
  return body.run_id ?? (idempotencyKey === undefined ? randomUUID() : derivedId('run', uid, idempotencyKey));
}

/** Throws CommitConflict when someone else was quicker: then everything is looked at anew. */
async function createOnce(store: RunStore, request: CreateRunRequest, runId: string): Promise<CreatedRun> {
  const { uid, body, retryOf, untaken, headers, identity, api } = request;
  const named = namedThread(request);
  const threadId = named ?? derivedId('thread', uid, runId);
  const mustExist = retryOf !== undefined || (named !== null && ifMissing(request) === 'reject');
  const ticket = request.quotas?.quotas.ticket({ uid, anonymous: request.quotas.anonymous });
  const from = retryOf === undefined ? checkpointNamed(request) : undefined;
  const [found, others] = await readNamed(
    store.documents,
    {
      run: runPath(uid, runId),
      thread: threadPath(uid, threadId),
      // A turn is begun together with a change of its thread, under whose version the run is created.
      turn: request.mayBeTurn === true ? turnPath(uid, runId) : undefined,
      retried: retryOf === undefined ? undefined : runPath(uid, retryOf),
      checkpoint:
        from === undefined ? undefined : pathOf(threadPath(uid, threadId), checkpointKey(from.ns, from.id)),
    },
    ticket?.paths ?? [],
  );
  const { run: runDoc, thread: threadDoc, retried, checkpoint } = found;
  if (runDoc !== undefined) {
    const run = await existing(store, uid, runId, runDoc, request);
    return { run, created: false, share: shareOf(runDoc.fields) };
  }
  if (found.turn !== undefined) throw new BegunAsTurn(runId);
  if (retryOf !== undefined && (retried === undefined || isBeingRemoved(retried.fields))) {
    throw new LongrunError('not_found', `There is no run ${retryOf} any more.`);
  }
  if (mustExist && threadDoc === undefined) {
    throw new LongrunError(
      'not_found',
      `There is no thread ${threadId}. Create it with POST /api/threads, or send if_not_exists: "create".`,
    );
  }
  if (threadDoc !== undefined && isBeingRemoved(threadDoc.fields)) {
    throw new LongrunError('not_found', `Thread ${threadId} is being deleted.`);
  }
  // Read together with the thread, under whose version the run is created: whoever removes checkpoints changes that.
  if (from !== undefined && typeof checkpoint?.fields['head'] !== 'string') {
    throw new LongrunError('not_found', `Thread ${threadId} has no checkpoint ${from.id.slice(0, 100)}.`, {
      checkpoint_id: from.id.slice(0, 512),
    });
  }
  const place = placeOnThread(await holderOf(store, uid, threadDoc), body.multitask_strategy ?? 'reject');
  const at = store.clock.now();
  const capped = request.quotas === undefined ? body : withinCaps(body, request.quotas.quotas.caps);
  const asked = setsOut(api, place.rollback_of !== undefined);
  const whose = { uid, runId, threadId, retryOf, untaken, headers, identity, api: asked };
  const entry = firstEntry(capped, { ...whose, place, at });
  const run = foldFirst(entry);
  const admission = (await ticket?.admit(others, run.queued)) ?? { writes: [], share: NO_SHARE };
  const { writes, share } = admission;
  await store.documents.commit([...creation(store, run, share, entry, request, threadDoc), ...writes]);
  tell(undefined, run, entry);
  return { run, created: true, share };
}

/** In one call: documents by what they are for, and more. */
async function readNamed<K extends string>(
  documents: Documents,
  named: Record<K, string | undefined>,
  more: readonly string[],
): Promise<[Partial<Record<K, StoredDocument>>, (StoredDocument | undefined)[]]> {
  const asked = Object.entries<string | undefined>(named).flatMap(([name, path]) =>
    path === undefined ? [] : [[name, path] as const],
  );
  const all = await documents.get([...asked.map(([, path]) => path), ...more]);
  const found = Object.fromEntries(asked.map(([name], i) => [name, all[i]]));
  return [found as Partial<Record<K, StoredDocument>>, all.slice(asked.length)];
}

/** The thread that the request names, by its path or in its body. Throws when the two differ. */
export function namedThread({ threadInPath, body }: CreateRunRequest): string | null {
  const inBody = body.thread_id ?? null;
  if (threadInPath === undefined) return inBody;
  if (inBody !== null && inBody !== threadInPath) {
    throw new LongrunError('invalid_request', 'body.thread_id: is not the thread of the path; leave it out.');
  }
  return threadInPath;
}

/** The checkpoint from which the run is to set out, as the API or the graph's config names it. */
function checkpointNamed({ api, body }: CreateRunRequest): { ns: string; id: string } | undefined {
  const { checkpoint_id: id, checkpoint_ns: ns = '' } = api?.checkpoint ?? {};
  if (id !== undefined) return { ns, id };
  const inConfig = body.config?.configurable?.['checkpoint_id'];
  return typeof inConfig === 'string' ? { ns: '', id: inConfig } : undefined;
}

function ifMissing({ threadInPath, body }: CreateRunRequest): 'create' | 'reject' {
  return body.if_not_exists ?? (threadInPath === undefined ? 'create' : 'reject');
}

function creation(
  store: RunStore,
  run: Run,
  share: Share,
  entry: LogEntry,
  request: CreateRunRequest,
  thread: StoredDocument | undefined,
): DocumentWrite[] {
  const { body, retryOf, api } = request;
  const document = store.documentWrite(run);
  const path = threadPath(run.owner, run.thread_id);
  const title = thread?.fields['title'] === '' ? { title: run.title } : {};
  const kept = retryOf === undefined && (namedThread(request) !== null || body.on_completion === 'keep');
  const request_hash = requestHash(namedThread(request), body, request.api);
  return [
    { op: 'create', path: logEntryPath(run.owner, run.run_id, 0), fields: { ...encodeEntry(entry) } },
    {
      op: 'create',
      path: document.path,
      fields: {
        ...document.fields,
        ...shareFields(run, share),
        search: searchTokens(run.title),
        request_hash,
      },
    },
    // Together with the new run: one that is being removed is not done again.
    ...(retryOf === undefined
      ? []
      : [{ op: 'update' as const, path: runPath(run.owner, retryOf), fields: { retried_by: run.run_id } }]),
    // To the Agent Server API it is gone from here on; its log says where the new run sets out.
    ...(run.rollback_of === null
      ? []
      : [{ op: 'update' as const, path: runPath(run.owner, run.rollback_of), fields: UNDONE }]),
    thread === undefined
      ? {
          op: 'create',
          path,
          fields: {
            ...newThread(run.thread_id, run.created_at),
            ...holding(run),
            // What a project's handlers write into a run, their filters look for in its thread.
            ...usedBy(run, request.identity === undefined ? {} : run.metadata),
            title: run.title,
            kept,
            ...(api?.endsWithRun === true ? { ends_with_run: true } : {}),
          },
        }
      : {
          op: 'update',
          path,
          version: thread.version,
          fields: {
            ...title,
            ...(kept ? { kept: true } : {}),
            ...usedBy(run, unpackJson((thread.fields['metadata'] ?? {}) as Json)),
            ...(run.queued ? { queue: queuedWith(thread, run) } : holding(run)),
          },
        },
  ];
}

function assistantOf({ request, assistant_id }: Run): string {
  const asked = isObject(request) ? request['assistant_id'] : undefined;
  return typeof asked === 'string' ? asked : defaultAssistantId(assistant_id);
}

/** What the thread says of its newest run: lists of chats are filtered by it, and its state is read with it. */
function usedBy(run: Run, before: Json): Fields {
  const metadata = {
    ...(isObject(before) ? before : {}),
    graph_id: run.assistant_id,
    assistant_id: assistantOf(run),
  };
  // From here on the state changes with the thread.
  return { metadata: packJson(metadata), config: packJson(run.config), state_updated_at: null };
}

/** Field of a run whose work a later one undoes. */
const UNDONE = { undone: true };

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
  const { body, api } = request;
  const thread = namedThread(request);
  const hashes = [requestHash(thread, body, api), earlierRequestHash(thread, body)];
  if (!hashes.some((hash) => doc.fields['request_hash'] === hash)) {
    throw new LongrunError(
      'idempotency_conflict',
      `Run ${runId} exists with another request. Use a new run_id or idempotency key for a new run.`,
    );
  }
  return (await store.require(uid, runId)).run;
}
