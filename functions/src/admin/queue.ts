import {
  isTerminal,
  logEntryPath,
  runFromDoc,
  RUNS,
  type ActiveRun,
  type AdminOverview,
  type Run,
  type RunStatus,
} from '@longrun/shared';
import { LRUCache } from 'lru-cache';
import type { DocumentQuery, Documents } from '../ports/documents.ts';

const FIELDS = [
  'owner',
  'run_id',
  'thread_id',
  'assistant_id',
  'title',
  'status',
  'attempt',
  'created_at',
  'started_at',
  'updated_at',
  'retry_at',
  'queued',
  'nodes',
  'head',
] as const satisfies readonly (keyof Run)[];
type Going = Pick<Run, (typeof FIELDS)[number]>;

const ACTIVE: readonly RunStatus[] = ['pending', 'running', 'interrupted'];
/** The oldest that wait: some of them for their next try, which is no waiting for a worker. */
const OLDEST = 50;
const KEPT = 5_000;

/** Not for their thread's turn; the longest waiting first. */
const WAITING: DocumentQuery = {
  collection: RUNS,
  group: true,
  where: [
    { field: 'status', op: '==', value: 'pending' },
    { field: 'queued', op: '==', value: false },
  ],
  orderBy: [{ field: 'updated_at', direction: 'asc' }],
};

const withStatus = (status: RunStatus): DocumentQuery => ({
  collection: RUNS,
  group: true,
  where: [{ field: 'status', op: '==', value: status }],
  orderBy: [{ field: 'created_at', direction: 'desc' }],
});

/** D5, D7: what has not ended. */
export class QueueView {
  readonly #documents: Documents;
  /** The process that holds an attempt, by run and attempt: it never changes. */
  readonly #holders = new LRUCache<string, string>({ max: KEPT });

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  async look(now: number, limit: number): Promise<Pick<AdminOverview, 'queue' | 'active' | 'workers'>> {
    const [waiting, running, interrupted, oldest, newest] = await Promise.all([
      this.#documents.count(WAITING),
      this.#count('running'),
      this.#count('interrupted'),
      this.#oldestWaiting(now),
      Promise.all(ACTIVE.map((status) => this.#newest(status, limit))),
    ]);
    const going = newest.flat().toSorted((a, b) => b.created_at.localeCompare(a.created_at));
    const active = going.filter(({ status }) => !isTerminal(status)).slice(0, limit);
    return {
      queue: { waiting, running, interrupted, oldest_waiting_s: oldest },
      active: active.map(shown),
      workers: await this.#workers(active.filter(({ status }) => status === 'running')),
    };
  }

  #count(status: RunStatus): Promise<number> {
    return this.#documents.count(withStatus(status));
  }

  async #newest(status: RunStatus, limit: number): Promise<Going[]> {
    const found = await this.#documents.query({ ...withStatus(status), select: [...FIELDS], limit });
    return found.map(({ fields }) => runFromDoc(fields));
  }

  /** Seconds since it was last put into the queue. */
  async #oldestWaiting(now: number): Promise<number | null> {
    const found = await this.#documents.query({ ...WAITING, select: [...FIELDS], limit: OLDEST });
    const ages = found
      .map(({ fields }): Going => runFromDoc(fields))
      .map(
        ({ retry_at, updated_at }) =>
          now - Math.max(Date.parse(updated_at), Date.parse(retry_at ?? updated_at)),
      )
      .filter((ms) => ms >= 0);
    return ages.length === 0 ? null : Math.round(Math.max(...ages) / 1_000);
  }

  /** Whoever wrote the newest entry of a run's log holds it, unless that was a command. */
  async #workers(running: readonly Going[]): Promise<number> {
    const unknown = running.filter((run) => !this.#holders.has(attemptOf(run)));
    const heads = await this.#documents.get(
      unknown.map(({ owner, run_id, head }) => logEntryPath(owner, run_id, head.entry)),
    );
    for (const [i, run] of unknown.entries()) {
      const writer = heads[i]?.fields['writer'];
      if (typeof writer === 'string' && writer !== 'api') {
        this.#holders.set(attemptOf(run), writer.replace(/:\d+$/, ''));
      }
    }
    return new Set(running.map((run) => this.#holders.get(attemptOf(run))).filter((id) => id !== undefined))
      .size;
  }
}

const attemptOf = ({ run_id, attempt }: Going) => `${run_id}/${attempt}`;

function shown(run: Going): ActiveRun {
  const {
    owner,
    run_id,
    thread_id,
    assistant_id,
    title,
    status,
    attempt,
    created_at,
    started_at,
    updated_at,
  } = run;
  return {
    owner,
    run_id,
    thread_id,
    assistant_id,
    title,
    status,
    attempt,
    created_at,
    started_at,
    updated_at,
    nodes: [...new Set(run.nodes.map(({ node }) => node))],
  };
}
