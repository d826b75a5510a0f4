import {
  decodeEntry,
  isBeingRemoved,
  logEntrySchema,
  logPath,
  newerFormat,
  runFromDoc,
  runPath,
  RUNS,
  runsPath,
  threadPath,
  type LogEntry,
  type Run,
} from '@longrun/shared';
import { checkRun, type Evidence, type Finding } from '../../domain/invariants.ts';
import type { Documents } from '../../ports/documents.ts';
import { directSink } from '../saver/direct-sink.ts';
import { DocumentSaver } from '../saver/saver.ts';

export interface Verified {
  run: Run;
  evidence: Evidence;
  findings: Finding[];
}

const PAGE = 300;
/** A run that is being executed changes while it is read; so often it is read anew. */
const MAX_READS = 20;

/**
 * Checks every invariant of a stored run. `uid` spares the search for its owner among the runs of all users. Null when
 * there is no such run. Throws CheckpointDamaged when a checkpoint of its thread cannot be read.
 */
export async function verifyRun(documents: Documents, runId: string, uid?: string): Promise<Verified | null> {
  const owner = uid ?? (await ownerOf(documents, runId));
  if (owner === null) return null;
  for (let reads = 1; ; reads += 1) {
    const found = await read(documents, owner, runId);
    if (found === null) return null;
    if (found.stood || reads >= MAX_READS) {
      return { run: found.run, evidence: found.evidence, findings: checkRun(found.evidence) };
    }
  }
}

/** By paging through the ids of all runs: this works without an index of its own. */
async function ownerOf(documents: Documents, runId: string): Promise<string | null> {
  let after: string | undefined;
  for (;;) {
    const page = await documents.query({
      collection: RUNS,
      group: true,
      orderBy: [{ field: '__name__', direction: 'asc' }],
      ...(after === undefined ? {} : { startAfter: [after] }),
      limit: PAGE,
      select: [],
    });
    for (const { path } of page) {
      const [, owner] = path.split('/');
      if (owner !== undefined && path === runPath(owner, runId)) return owner;
    }
    after = page.at(-1)?.path;
    if (after === undefined || page.length < PAGE) return null;
  }
}

/** `stood`: nothing changed from the first read to the last, so that all is of one moment. */
async function read(
  documents: Documents,
  owner: string,
  runId: string,
): Promise<{ run: Run; evidence: Evidence; stood: boolean } | null> {
  const path = runPath(owner, runId);
  const [document] = await documents.get([path]);
  if (document === undefined || isBeingRemoved(document.fields)) return null;
  const run = runFromDoc(document.fields);
  const entries = await entriesOf(documents, owner, runId);
  const checkpoints = await checkpointsOf(documents, run, entries);
  const [thread, after] = await documents.get([threadPath(owner, run.thread_id), path]);
  const later = await entriesOf(documents, owner, runId);
  const wakeAt = document.fields['wake_at'];
  const { active_run_id: active, pruned_to: prunedTo } = thread?.fields ?? {};
  return {
    run,
    evidence: {
      entries,
      document: {
        run,
        wakeAt: typeof wakeAt === 'string' ? wakeAt : null,
        unknown: new Set(Object.keys(run).filter((field) => !(field in document.fields))),
      },
      thread:
        thread === undefined
          ? null
          : {
              activeRunId: typeof active === 'string' ? active : null,
              ...(typeof prunedTo === 'string' ? { prunedTo } : {}),
            },
      checkpoints,
      newer:
        newerFormat(document.fields) !== undefined || entries.some((one) => one.newerFormat !== undefined),
    },
    stood: after?.version === document.version && later.length === entries.length,
  };
}

async function entriesOf(documents: Documents, owner: string, runId: string) {
  const docs = await documents.query({
    collection: logPath(owner, runId),
    orderBy: [{ field: 'n', direction: 'asc' }],
  });
  return docs.map(({ fields }) => {
    const { first, last } = logEntrySchema.parse(fields);
    return { ...decodeEntry(fields), first, last };
  });
}

/** All of the thread, read as LangGraph would: what cannot be read is found as well. */
async function checkpointsOf(
  documents: Documents,
  run: Run,
  entries: readonly LogEntry[],
): Promise<NonNullable<Evidence['checkpoints']>> {
  const saver = new DocumentSaver({
    documents,
    threadPath: (threadId) => threadPath(run.owner, threadId),
    sink: directSink(documents),
  });
  const own = reportedBy(entries);
  const found: { id: string; ns: string; runId: string | null }[] = [];
  let others: Set<string> | undefined;
  for await (const { checkpoint, config, parentConfig, metadata } of saver.list({
    configurable: { thread_id: run.thread_id },
  })) {
    const { id } = checkpoint;
    const parent: unknown = parentConfig?.configurable?.['checkpoint_id'];
    // A checkpoint does not name its run. A step after one of this run's is this run's, or of one that went on from it.
    let mine = own.has(id);
    if (!mine && metadata?.source === 'loop' && typeof parent === 'string' && own.has(parent)) {
      others ??= await reportedByOthers(documents, run);
      mine = !others.has(id);
    }
    const ns = String(config.configurable?.['checkpoint_ns'] ?? '');
    found.push({ id, ns, runId: mine ? run.run_id : null });
  }
  return found;
}

function reportedBy(entries: readonly LogEntry[]): Set<string> {
  const events = entries.flatMap((entry) => entry.events);
  return new Set(events.flatMap((event) => (event.type === 'checkpoint' ? [event.checkpoint_id] : [])));
}

async function reportedByOthers(documents: Documents, run: Run): Promise<Set<string>> {
  const runs = await documents.query({
    collection: runsPath(run.owner),
    where: [{ field: 'thread_id', op: '==', value: run.thread_id }],
    select: ['run_id'],
  });
  const ids = runs.map(({ fields }) => String(fields['run_id'])).filter((id) => id !== run.run_id);
  const logs = await Promise.all(ids.map((id) => entriesOf(documents, run.owner, id)));
  return reportedBy(logs.flat());
}
