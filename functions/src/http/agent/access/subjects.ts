import { isObject, LongrunError, threadPath, unpackJson, type Json } from '@longrun/shared';
import { findTurn } from '../../../runtime/runs/turns.ts';
import type { Services } from '../../services.ts';
import { findAssistant } from '../assistants/find.ts';
import { requireFound } from '../assistants/resolve.ts';
import { requireCron } from '../crons/stored-cron.ts';
import type { Access } from './access.ts';
import type { AccessEvent } from './acts.ts';
import type { Asked } from './value.ts';

export type SubjectServices = Pick<Services, 'store' | 'catalog'>;

/**
 * The things that a request names must pass the filters: one that does not is not there, and its id is taken. What is made by
 * the request, and what is searched, is left to the route. Throws `not_found`, `conflict`.
 */
export async function requireAllowed(
  services: SubjectServices,
  uid: string,
  event: AccessEvent,
  { params, body }: Asked,
  access: Access,
): Promise<void> {
  const named = (name: string) => [params[name], body[name]].find((id) => typeof id === 'string');
  if (event.startsWith('threads:') && access.narrows('threads')) {
    const threadId =
      event === 'threads:create'
        ? body['thread_id']
        : (named('thread_id') ?? (await threadOfRun(services, uid, params['run_id'])));
    if (typeof threadId !== 'string' || (await allowsThread(services, uid, threadId, access))) return;
    if (event === 'threads:create') throw new LongrunError('conflict', `Thread ${threadId} exists.`);
    throw new LongrunError('not_found', `There is no thread ${threadId}.`);
  }
  if (event.startsWith('assistants:') && access.narrows('assistants')) {
    const id = named('assistant_id');
    if (event === 'assistants:search' || id === undefined) return;
    const isNew = event === 'assistants:create';
    const found = isNew ? await findAssistant(services, uid, id) : await requireFound(services, uid, id);
    if (found === undefined || access.allows('assistants', found.assistant.metadata)) return;
    if (isNew) throw new LongrunError('conflict', `Assistant ${id} exists.`);
    throw new LongrunError('not_found', `No assistant found for ${JSON.stringify(id.slice(0, 100))}.`);
  }
  const cronId = params['cron_id'];
  if (event.startsWith('crons:') && access.narrows('crons') && typeof cronId === 'string') {
    const { cron } = await requireCron(services, uid, cronId);
    if (access.allows('crons', cron.metadata)) return;
    throw new LongrunError('not_found', `There is no cron ${cronId}.`);
  }
}

/** A cron's metadata is replaced as a whole, so a handler that adds to it is given what is there. */
export async function withStored(
  services: SubjectServices,
  uid: string,
  event: AccessEvent,
  asked: Asked,
): Promise<Asked> {
  const cronId = asked.params['cron_id'];
  if (event !== 'crons:update' || typeof cronId !== 'string' || isObject(asked.body['metadata']))
    return asked;
  const { cron } = await requireCron(services, uid, cronId);
  return { ...asked, body: { ...asked.body, metadata: cron.metadata } };
}

/** A thread that is not there yet may be made. */
export async function allowsThread(
  services: Pick<SubjectServices, 'store'>,
  uid: string,
  threadId: string,
  access: Access,
): Promise<boolean> {
  if (!access.narrows('threads')) return true;
  const [metadata] = await metadataOfThreads(services, uid, [threadId]);
  return metadata === undefined || access.allows('threads', metadata);
}

/** Undefined for one that is not there. */
export async function metadataOfThreads(
  { store }: Pick<SubjectServices, 'store'>,
  uid: string,
  threadIds: readonly string[],
): Promise<(Json | undefined)[]> {
  if (threadIds.length === 0) return [];
  const docs = await store.documents.get(threadIds.map((id) => threadPath(uid, id)));
  return docs.map((doc) => {
    if (doc === undefined) return undefined;
    const metadata = unpackJson((doc.fields['metadata'] ?? {}) as Json);
    return isObject(metadata) ? metadata : {};
  });
}

async function threadOfRun(
  { store }: SubjectServices,
  uid: string,
  runId: unknown,
): Promise<string | undefined> {
  if (typeof runId !== 'string') return undefined;
  return (await findTurn(store, uid, runId))?.run.thread_id;
}
