import type { Request } from 'express';
import {
  LongrunError,
  threadPath,
  unpackJson,
  isObject,
  type CreateRun,
  type Json,
  type JsonObject,
} from '@longrun/shared';
import type { Identity } from '../../../custom-auth/custom-auth.ts';
import { startRun } from '../../../runtime/runs/start-run.ts';
import { turnsOf } from '../../../runtime/runs/turns.ts';
import type { Customer } from '../../../quotas/quotas.ts';
import type { User } from '../../auth.ts';
import { graphHeaders } from '../../graph-headers.ts';
import { pathId } from '../../parse.ts';
import type { Services } from '../../services.ts';
import { withWebhook } from '../../with-webhook.ts';
import { resolveAssistant } from '../assistants/resolve.ts';
import { isNewest } from './newest-checkpoint.ts';
import { checkpointOf, idempotencyKey, runRequest } from './request.ts';
import type { FoundTurn } from './until-ended.ts';

export interface Made extends FoundTurn {
  /** Where it is, for `Content-Location`: as LangGraph's clients want it, relative to their `apiUrl`. */
  location: string;
  /** It is to be gone with its thread when its result was sent. */
  temporary: boolean;
}

/** What starting a run needs. */
export type StartServices = Pick<Services, 'store' | 'queue' | 'catalog' | 'quotas'>;

/**
 * Starts what was asked for: a new run, or the next turn of one that asks. Throws `unknown_graph`, `not_found`, `thread_busy`,
 * `idempotency_conflict`, `too_large`, `limit_exceeded`, `quota_exceeded`.
 */
export async function createTurn(
  services: Services,
  { req, user }: { req: Request; user: User },
  given: CreateRun,
  {
    streamed = false,
    awaited = streamed,
    key,
  }: { streamed?: boolean; awaited?: boolean; key?: string | undefined } = {},
): Promise<Made> {
  const threadInPath = req.params['thread_id'] === undefined ? undefined : pathId(req, 'thread_id');
  const made = await startTurn(services, user, await withWebhook(given, services.config), {
    headers: graphHeaders(req.headers),
    identity: user.identity,
    threadInPath,
    streamed,
    awaited,
    key,
  });
  const stateless = (threadInPath ?? given.thread_id ?? null) === null;
  const location = locationOf(made, stateless);
  return { ...made, location, temporary: stateless && given.on_completion === 'delete' };
}

/** What `createTurn` does, also when no request of the API asks for it. The webhook has been checked. */
export async function startTurn(
  services: StartServices,
  user: Customer,
  given: CreateRun,
  from: {
    headers?: { [name: string]: string };
    /** Whose run it is, where the project itself knows its users. */
    identity: Identity | undefined;
    threadInPath: string | undefined;
    streamed?: boolean;
    awaited?: boolean;
    envelopes?: boolean;
    key?: string | undefined;
  },
): Promise<FoundTurn> {
  const { store, queue, quotas } = services;
  const { threadInPath, headers, identity, streamed = false, awaited = true, envelopes = false, key } = from;
  const threadId = threadInPath ?? given.thread_id ?? null;
  const [assistant, thread] = await Promise.all([
    resolveAssistant(services, user.uid, given.assistant_id),
    threadId === null ? undefined : threadOf(services, user.uid, threadId),
  ]);
  if (given.strict_resume === true && given.command?.resume !== undefined && thread?.asks !== true) {
    throw new LongrunError('not_interrupted', 'body.command.resume: the thread asks nothing.');
  }
  const checkpoint = checkpointOf(given);
  const asked = {
    fromNewest:
      checkpoint !== undefined &&
      threadId !== null &&
      (await isNewest(store.documents, user.uid, threadId, checkpoint)),
    streamed,
    awaited,
    envelopes,
    stateless: threadId === null,
    threadMetadata: thread?.metadata ?? {},
    now: store.clock.now(),
  };
  const { run, turn: id } = await startRun(
    { store, queue },
    {
      uid: user.uid,
      ...runRequest(given, assistant, asked),
      ...(headers === undefined ? {} : { headers }),
      ...(identity === undefined ? {} : { identity }),
      quotas: { quotas, anonymous: user.anonymous },
      ...(threadInPath === undefined ? {} : { threadInPath }),
      ...(key === undefined ? {} : { idempotencyKey: key }),
    },
  );
  const turn = turnsOf(run).find(({ run_id }) => run_id === id);
  if (turn === undefined) throw new LongrunError('internal', `Run ${run.run_id} has no turn ${id}.`);
  return { run, turn };
}

function locationOf({ turn }: FoundTurn, stateless: boolean): string {
  return stateless ? `/runs/${turn.run_id}` : `/threads/${turn.thread_id}/runs/${turn.run_id}`;
}

/** The key under which a request may be repeated; of a list, which has one key, each run has its own. */
export function keyOf(req: Request, i?: number): string | undefined {
  const key = idempotencyKey(req.headers['idempotency-key']);
  return key === undefined || i === undefined ? key : `${key}#${i}`;
}

async function threadOf(
  { store }: Pick<Services, 'store'>,
  uid: string,
  threadId: string,
): Promise<{ metadata: JsonObject; asks: boolean } | undefined> {
  const [thread] = await store.documents.get([threadPath(uid, threadId)]);
  if (thread === undefined) return undefined;
  const metadata = unpackJson((thread.fields['metadata'] ?? {}) as Json);
  return { metadata: isObject(metadata) ? metadata : {}, asks: thread.fields['status'] === 'interrupted' };
}
