import { isTerminal, runPath, runsPath, isRunStatus, threadPath, type Run } from '@longrun/shared';
import type { Documents, StoredDocument } from '../../../ports/documents.ts';

export type RunRef = Pick<Run, 'owner' | 'run_id'>;
interface Known {
  id: string;
  /** It was begun, or ended before that. */
  hasBegun: boolean;
  startedAt: number;
}

/** More than these wait for nobody: those that began meanwhile are among the newest, or hold the thread. */
const NEWEST = 50;
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

  /** Those that began since the last call. At the first, the newest; `since`: that which was at work then, and all after it. */
  async begun(since: number | null): Promise<RunRef[]> {
    const runs = (await this.#newest())
      .filter(({ id, hasBegun }) => hasBegun && !this.#seen.has(id))
      .toSorted((a, b) => a.startedAt - b.startedAt);
    for (const { id } of runs) this.#seen.add(id);
    const last = since === null ? runs.length - 1 : runs.findLastIndex((run) => run.startedAt <= since);
    const told = this.#isFirst ? runs.slice(Math.max(0, last)) : runs;
    this.#isFirst = false;
    return told.map(({ id }) => ({ owner: this.#uid, run_id: id }));
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

  async #newest(): Promise<Known[]> {
    const [[thread], docs] = await Promise.all([
      this.#documents.get([threadPath(this.#uid, this.#threadId)]),
      this.#documents.query({
        collection: runsPath(this.#uid),
        where: [{ field: 'thread_id', op: '==', value: this.#threadId }],
        orderBy: [{ field: 'created_at', direction: 'desc' }],
        limit: NEWEST,
        select: FIELDS,
      }),
    ]);
    const active = thread?.fields['active_run_id'];
    const isOlder = typeof active === 'string' && !docs.some(({ fields }) => fields['run_id'] === active);
    const [older] = isOlder ? await this.#documents.get([runPath(this.#uid, active)]) : [];
    return [...docs, ...(older === undefined ? [] : [older])].map((doc) => known(doc, active));
  }
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
