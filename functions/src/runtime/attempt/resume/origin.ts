import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import {
  isObject,
  LongrunError,
  runFromDoc,
  runPath,
  type Json,
  type JsonObject,
  type Run,
} from '@longrun/shared';
import type { Documents } from '../../../ports/documents.ts';
import { passedUpTo } from '../questions/breakpoints.ts';
import { withEarlierAskers } from '../questions/earlier-askers.ts';
import { chosenCheckpoint } from '../../runs/settings.ts';
import { finishedTasks } from './finished-tasks.ts';
import { originalInput } from './original-input.ts';

/** No checkpoint has this id, so LangGraph starts from an empty state. */
const NO_CHECKPOINT = '00000000-0000-0000-0000-000000000000';

/** What LangGraph is called with. Without `checkpointId` it goes on from the thread's newest checkpoint. */
export interface Origin {
  /** Null: it goes on with what was next. */
  input: Json;
  checkpointId?: string;
  /** Which checkpoints the graphs within nodes set out from, beside that one. */
  checkpointMap?: JsonObject;
  /** LangGraph's command, in place of the input or beside the answers; null: none. */
  command: Json;
  /** The answers with which it goes on: the run's own, and those that a failed run was given. */
  answered: Answered;
  /** Steps were left over: should there be nothing to do, they are lost. */
  expectsWork: boolean;
  /** The moment up to which breakpoints were answered; null when it passes the one at which its thread stands. */
  passed: string | null;
}

export type Answered = Pick<Run, 'answers' | 'askers'>;

/**
 * Where an attempt sets out: from the run's own last checkpoint, with the answers that were given; or, when it has none yet, from
 * its input on the thread as a failed run left it, as a checkpoint has it that its request names, as it was before a run that is
 * undone, or as it is. Throws `not_found` when the checkpoint that was named was removed meanwhile.
 */
export async function originOf(documents: Documents, saver: BaseCheckpointSaver, run: Run): Promise<Origin> {
  if (run.last_checkpoint !== null) {
    const expectsWork = Object.keys(run.answers).length > 0;
    const answered = await withEarlierAskers(saver, run);
    const passed = passedUpTo(run.answers, run.last_checkpoint);
    return { input: null, answered, expectsWork, passed, command: run.command };
  }
  const fresh = { answered: run, expectsWork: false, passed: null, command: run.command };
  const input = await originalInput(documents, run);
  const latest = await saver.getTuple({ configurable: { thread_id: run.thread_id, checkpoint_ns: '' } });
  const state = input === null && latest === undefined ? {} : input;
  const { id, map } = chosenBy(run);
  const undone = id === null ? await earlier(documents, run.owner, run.rollback_of) : null;
  if (undone !== null && undone.last_checkpoint !== null) {
    return { ...fresh, input: state, checkpointId: undone.base_checkpoint ?? NO_CHECKPOINT };
  }
  const failed = await earlier(documents, run.owner, run.retry_of);
  if (failed !== null && failed.last_checkpoint !== null) {
    const answered = await untaken(saver, failed, {
      answers: { ...failed.answers, ...run.answers },
      askers: { ...failed.askers, ...run.askers },
    });
    const passed = passedUpTo(answered.answers, failed.last_checkpoint);
    const again = { input: null, answered, expectsWork: true, passed, command: run.command };
    // Named only when the thread went on meanwhile: LangGraph does every step after a named one anew.
    return failed.last_checkpoint === latest?.checkpoint.id
      ? again
      : { ...again, checkpointId: failed.last_checkpoint };
  }
  if (id === null) return { ...fresh, input: state };
  await mustExist(saver, run, id);
  return { ...fresh, input: state, checkpointId: id, ...(map === null ? {} : { checkpointMap: map }) };
}

/** The checkpoint that the run's request names, and those of the graphs within nodes. */
function chosenBy(run: Run): { id: string | null; map: JsonObject | null } {
  const { checkpoint_id: id, checkpoint_map: map } = chosenCheckpoint(run);
  return { id: typeof id === 'string' ? id : null, map: isObject(map) ? map : null };
}

/** LangGraph would start from an empty state. */
async function mustExist(saver: BaseCheckpointSaver, { thread_id }: Run, id: string): Promise<void> {
  const tuple = await saver.getTuple({ configurable: { thread_id, checkpoint_ns: '', checkpoint_id: id } });
  if (tuple !== undefined) return;
  throw new LongrunError(
    'not_found',
    `The checkpoint ${id} from which the run was to set out is gone: it was pruned, or the run that made it was undone.`,
  );
}

/**
 * Without the answers whose step has finished since, in an earlier attempt of the retry: its results are stored, or a later
 * checkpoint of its graph holds them. (The log of the retry does not know the failed run's questions.)
 */
async function untaken(
  saver: BaseCheckpointSaver,
  { thread_id, last_checkpoint }: Run,
  { answers, askers }: Answered,
): Promise<Answered> {
  const taken = new Set<string>();
  for (const [id, asker] of Object.entries(askers)) {
    const ns = { thread_id, checkpoint_ns: asker.checkpoint_ns };
    const root = asker.checkpoint_ns === '' ? { checkpoint_id: last_checkpoint } : {};
    const tuple = await saver.getTuple({ configurable: { ...ns, ...root } });
    const later = tuple !== undefined && tuple.checkpoint.id > asker.checkpoint_id;
    if (later || finishedTasks(tuple).has(asker.task)) taken.add(id);
  }
  const open = <T>(all: { [id: string]: T }) =>
    Object.fromEntries(Object.entries(all).filter(([id]) => !taken.has(id)));
  return { answers: open(answers), askers: open(askers) };
}

async function earlier(documents: Documents, owner: string, runId: string | null): Promise<Run | null> {
  if (runId === null) return null;
  const [doc] = await documents.get([runPath(owner, runId)]);
  return doc === undefined ? null : runFromDoc(doc.fields);
}
