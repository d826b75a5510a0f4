import {
  inboxBelow,
  isBeingRemoved,
  LOG,
  runPath,
  threadPath,
  THREADS,
  TURNS,
  userPath,
  type Run,
} from '@longrun/shared';
import { REMOVING } from '../runs/removing.ts';
import {
  CommitConflict,
  type DocumentQuery,
  type Documents,
  type StoredDocument,
} from '../../ports/documents.ts';
import { WEBHOOKS } from '../../webhooks/delivery.ts';
import { deleteThreadDocuments } from '../saver/threads.ts';

const AT_ONCE = 300;
/** Collections below a run. */
const OF_RUN = [LOG, WEBHOOKS];

/**
 * Removes an ended run with its log, and its thread when nobody named that and no other run is on it. Whatever stops
 * this in the middle, the run's document goes last, so that it is done again.
 */
export async function removeRun(documents: Documents, run: Run): Promise<void> {
  const path = runPath(run.owner, run.run_id);
  const [thread] = await documents.get([threadPath(run.owner, run.thread_id)]);
  if (thread !== undefined && !isKept(thread) && !(await hasOtherRuns(documents, run))) {
    if (await claimForRemoval(documents, thread)) await removeThreadDocument(documents, thread.path);
  }
  await removeRunDocument(documents, path);
}

/** Removes a thread that was claimed: its runs, its checkpoints, and at last itself. */
export async function removeThread(documents: Documents, uid: string, threadId: string): Promise<void> {
  for (;;) {
    const found = await runsOf(documents, uid, threadId, AT_ONCE);
    for (const { path } of found) await removeRunDocument(documents, path);
    if (found.length < AT_ONCE) break;
  }
  await removeThreadDocument(documents, threadPath(uid, threadId));
}

/** From here on no run can be created on the thread. False when the thread changed since it was read. */
export async function claimForRemoval(documents: Documents, thread: StoredDocument): Promise<boolean> {
  const { fields, path, version } = thread;
  if (isBeingRemoved(fields)) return true;
  try {
    await documents.commit([{ op: 'update', path, version, fields: REMOVING }]);
    return true;
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    return false;
  }
}

/** From here on it is gone for readers, and housekeeping ends what is stopped in the middle. False when it is gone altogether. */
async function claimRunForRemoval(documents: Documents, path: string): Promise<boolean> {
  try {
    await documents.commit([{ op: 'update', path, fields: REMOVING }]);
    return true;
  } catch (error) {
    if (!(error instanceof CommitConflict) || error.reason !== 'missing') throw error;
    return false;
  }
}

/** Threads from before this was noted are kept. */
export const isKept = (thread: StoredDocument): boolean => thread.fields['kept'] !== false;

/** `users/{uid}/threads/{id}` */
export function threadOfPath(path: string): { uid: string; threadId: string } | null {
  const [users, uid, threads, threadId, ...more] = path.split('/');
  if (uid === undefined || threadId === undefined || more.length > 0) return null;
  return users === 'users' && threads === THREADS ? { uid, threadId } : null;
}

async function removeRunDocument(documents: Documents, path: string): Promise<void> {
  if (!(await claimRunForRemoval(documents, path))) return;
  await removeTurns(documents, path);
  for (const collection of OF_RUN) await removeAll(documents, { collection: `${path}/${collection}` });
  // Both at once: whoever still writes to the inbox demands the run's document, and so comes before this or not at all.
  await documents.commit([
    { op: 'delete', path: inboxBelow(path) },
    { op: 'delete', path },
  ]);
}

/** `run`: `users/{uid}/runs/{id}` */
async function removeTurns(documents: Documents, run: string): Promise<void> {
  const [users = '', uid = '', , runId = ''] = run.split('/');
  await removeAll(documents, {
    collection: `${users}/${uid}/${TURNS}`,
    where: [{ field: 'run_id', op: '==', value: runId }],
  });
}

async function removeThreadDocument(documents: Documents, path: string): Promise<void> {
  await deleteThreadDocuments(documents, path);
  await documents.commit([{ op: 'delete', path }]);
}

async function hasOtherRuns(documents: Documents, run: Run): Promise<boolean> {
  const found = await runsOf(documents, run.owner, run.thread_id, 2);
  return found.some(({ path }) => path !== runPath(run.owner, run.run_id));
}

function runsOf(documents: Documents, uid: string, threadId: string, limit: number) {
  return documents.query({
    collection: `${userPath(uid)}/runs`,
    where: [{ field: 'thread_id', op: '==', value: threadId }],
    select: ['run_id'],
    limit,
  });
}

async function removeAll(documents: Documents, of: DocumentQuery): Promise<void> {
  let found: StoredDocument[];
  do {
    found = await documents.query({ ...of, select: [], limit: AT_ONCE });
    await documents.commit(found.map(({ path }) => ({ op: 'delete', path })));
  } while (found.length === AT_ONCE);
}
