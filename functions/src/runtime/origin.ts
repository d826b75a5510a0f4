import { Command } from '@langchain/langgraph';
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import { isObject, runFromDoc, runPath, type JsonObject, type Run } from '@longrun/shared';
import type { Documents } from '../ports/documents.ts';
import { originalInput } from './original-input.ts';
import { taskQuestion } from './questions.ts';

/** The question of a graph that was compiled to stop before or after a node: any answer goes on. */
export const BREAKPOINT = 'breakpoint';
/** No checkpoint has this id, so LangGraph starts from an empty state. */
const NO_CHECKPOINT = '00000000-0000-0000-0000-000000000000';

/** What LangGraph is called with. Without `checkpointId` it goes on from the thread's newest checkpoint. */
export interface Origin {
  input: JsonObject | Command | null;
  checkpointId?: string;
}

/**
 * Where an attempt sets out: from the run's own last checkpoint, with the answers that were given; or, when it has
 * none yet, from its input on the thread as it is, as it was before a run that is undone, or as a failed run left it.
 */
export async function originOf(documents: Documents, saver: BaseCheckpointSaver, run: Run): Promise<Origin> {
  if (run.last_checkpoint !== null) return { input: answersOf(run) };
  const input = await originalInput(documents, run);
  const latest = await saver.getTuple({ configurable: { thread_id: run.thread_id, checkpoint_ns: '' } });
  const state = isObject(input) ? input : latest === undefined ? {} : null;
  const undone = await earlier(documents, run.owner, run.rollback_of);
  if (undone !== null && undone.last_checkpoint !== null) {
    return { input: state, checkpointId: undone.base_checkpoint ?? NO_CHECKPOINT };
  }
  const failed = await earlier(documents, run.owner, run.retry_of);
  if (failed !== null && failed.last_checkpoint !== null) {
    return goOn(run, failed.last_checkpoint, latest?.checkpoint.id);
  }
  const chosen =
    isObject(run.config) && isObject(run.config['configurable']) ? run.config['configurable'] : {};
  const id = chosen['checkpoint_id'];
  return typeof id === 'string' ? { input: state, checkpointId: id } : { input: state };
}

/** Named only when the thread went on meanwhile: LangGraph does every step after a named one anew. */
function goOn(run: Run, checkpointId: string, latest: string | undefined): Origin {
  const input = answersOf(run);
  return checkpointId === latest ? { input } : { input, checkpointId };
}

function answersOf(run: Run): Command | null {
  const answers = Object.entries(run.answers).filter(([id]) => id !== BREAKPOINT);
  if (answers.length === 0) return null;
  return new Command({ resume: Object.fromEntries(answers.map(([id, value]) => [taskQuestion(id), value])) });
}

async function earlier(documents: Documents, owner: string, runId: string | null): Promise<Run | null> {
  if (runId === null) return null;
  const [doc] = await documents.get([runPath(owner, runId)]);
  return doc === undefined ? null : runFromDoc(doc.fields);
}
