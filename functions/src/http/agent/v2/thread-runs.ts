import { isTerminal, runPath, runsPath, isRunStatus, threadPath, type Run } from '@longrun/shared';
import type { Documents, StoredDocument } from '../../../ports/documents.ts';

export type RunRef = Pick<Run, 'owner' | 'run_id'>;
interface Known {
  id: string;
  /** It was begun, or ended before that. */
  hasBegun: boolean;
  startedAt: number;
}

/** With which of those that have begun a reader begins: one of them, those since a time (milliseconds since 1970), or none. */
export type FirstRun = 'oldest' | 'newest' | 'next' | { at: number } | { runId: string };

/** More than these wait for nobody: those that began meanwhile are among the newest, or hold the thread. */
const NEWEST = 50;
/** Of more, the older ones are not told again. */
const MOST = 1_000;
const FIELDS = ['run_id', 'status', 'queued', 'created_at', 'started_at'];

/** The runs of a thread in the order in which they begin. */
export class ThreadRuns {
  readonly #documents: Documents;
  readonly #uid: string;
  readonly #threadId: string;
  readonly #seen = new Set<string>();
  #isFirst = true;

  constructor(documents: Documents, uid: string, threadId: string) {
    this.#documents = documents;
    this.#uid = uid;
    this.#threadId = threadId;
  }

  /** Those that began since the last call; at the first, `first` and all after it. */
  async begun(first: FirstRun): Promise<RunRef[]> {
    const runs = await this.#newOnes(this.#isFirst && first === 'oldest' ? MOST : NEWEST);
    let told = this.#isFirst ? runs.slice(placeOf(first, runs)) : runs;
    if (this.#isFirst && typeof first === 'object' && 'runId' in first && told[0]?.id !== first.runId) {
      const all = await this.#newOnes(MOST);
      told = all.slice(placeOf(first, all));
    }
    for (const { id } of runs) this.#seen.add(id);
    for (const { id } of told) this.#seen.add(id);
    this.#isFirst = false;
    return told.map(({ id }) => ({ owner: this.#uid, run_id: id }));
  }

  async #newOnes(limit: number): Promise<Known[]> {
    return (await this.#newest(limit))
      .filter(({ id, hasBegun }) => hasBegun && !this.#seen.has(id))
      .toSorted((a, b) => a.startedAt - b.startedAt);
  }

  /** Whether it was removed meanwhile. */
  async isGone({ run_id }: RunRef): Promise<boolean> {
    const [doc] = await this.#documents.get([runPath(this.#uid, run_id)]);
    return doc === undefined;
  }

  /** Calls back whenever another run may have begun. */
  watch(onChange: () => void, onError: (error: Error) => void): () => void {
    return this.#documents.watch(threadPath(this.#uid, this.#threadId), onChange, onError);
  }

  async #newest(limit: number): Promise<Known[]> {
    const [[thread], docs] = await Promise.all([
      this.#documents.get([threadPath(this.#uid, this.#threadId)]),
      this.#documents.query({
        collection: runsPath(this.#uid),
        where: [{ field: 'thread_id', op: '==', value: this.#threadId }],
        orderBy: [{ field: 'created_at', direction: 'desc' }],
        limit,
        select: FIELDS,
      }),
    ]);
    const active = thread?.fields['active_run_id'];
    const isOlder = typeof active === 'string' && !docs.some(({ fields }) => fields['run_id'] === active);
    const [older] = isOlder ? await this.#documents.get([runPath(this.#uid, active)]) : [];
    return [...docs, ...(older === undefined ? [] : [older])].map((doc) => known(doc, active));
  }
}

/** Of one that is gone, all that are left are told: what its reader has had is not known. */
function placeOf(first: FirstRun, runs: readonly Known[]): number {
  if (first === 'next') return runs.length;
  if (first === 'newest') return Math.max(0, runs.length - 1);
  if (first === 'oldest') return 0;
  const place =
    'at' in first
      ? runs.findLastIndex(({ startedAt }) => startedAt <= first.at)
      : runs.findIndex(({ id }) => id === first.runId);
  return Math.max(0, place);
}

/** Whatever the clocks say, the run that holds the thread began last. */
function known({ fields }: StoredDocument, active: unknown): Known {
  const status = String(fields['status']);
  const isOver = isRunStatus(status) && isTerminal(status);
  return {
    id: String(fields['run_id']),
    hasBegun: fields['queued'] !== true || isOver,
    startedAt:
      fields['run_id'] === active
        ? Infinity
        : Date.parse(String(fields['started_at'] ?? fields['created_at'])),
  };
}
