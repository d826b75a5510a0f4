/**
 * Group commit: everything that asks to commit while the disk is busy shares the next SQL transaction, and so one fsync.
 * Each batch is decided in memory before anything is written: it takes part whole or not at all.
 */
import { toTimestamp } from '../clock.ts';
import type { Core } from '../core.ts';
import type { CommitResponse, Write } from '../messages.ts';
import { StatusError } from '../status.ts';
import type { StoredDocument } from '../store/document.ts';
import { locate, toDocument } from '../store/document.ts';
import type { Transaction } from '../transaction/transactions.ts';
import type { Caller, RuleLookup } from '../types.ts';
import { documentSize } from '../value/size.ts';
import type { Change, Commit } from './change.ts';
import { planCommit } from './plan-commit.ts';
import type { CommitPlan, Touched } from './plan-commit.ts';

export interface CommitOrder {
  readonly database: string;
  readonly writes: readonly Write[];
  readonly caller: Caller;
  readonly transaction?: Transaction | undefined;
  /** Not billed. */
  readonly isFree?: boolean;
}

interface Waiting {
  readonly order: CommitOrder;
  readonly resolve: (response: CommitResponse) => void;
  readonly reject: (error: unknown) => void;
}

interface Done {
  readonly waiting: Waiting;
  readonly commit: Commit;
  readonly plan: CommitPlan;
}

export class Committer {
  readonly #core: Omit<Core, 'committer'>;
  #queue: Waiting[] = [];
  #scheduled = false;

  constructor(core: Omit<Core, 'committer'>) {
    this.#core = core;
  }

  /** Resolves once the batch is on disk. @throws StatusError */
  commit(order: CommitOrder): Promise<CommitResponse> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ order, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.flush();
      });
    });
  }

  /** Commits what waits, now. */
  flush(): void {
    const queue = this.#queue;
    this.#queue = [];
    if (queue.length === 0) return;
    const { store, history, hub } = this.#core;
    const first = this.#core.clock.readTime();
    let done: Done[];
    try {
      done = store.atomically(() => queue.map((w) => this.#attempt(w)).filter((d) => d !== undefined));
    } catch (error) {
      history.retract(first);
      for (const { reject } of queue) reject(error);
      return;
    }
    for (const { waiting, commit, plan } of done) {
      if (waiting.order.isFree !== true) this.#bill(plan);
      waiting.resolve({ writeResults: plan.results, commitTime: toTimestamp(commit.time) });
    }
    for (const { commit } of done) if (commit.changes.length > 0) hub.publish(commit);
  }

  /** A batch that is refused leaves no trace; an unexpected error fails the whole group. */
  #attempt(waiting: Waiting): Done | undefined {
    const { order } = waiting;
    const { clock, store, history, transactions } = this.#core;
    const time = clock.commitTime();
    let plan: CommitPlan;
    try {
      if (order.transaction) {
        transactions.verify(order.transaction);
        if (order.transaction.readOnly && order.writes.length > 0) {
          throw new StatusError('INVALID_ARGUMENT', 'Cannot modify entities in a read-only transaction.');
        }
      }
      plan = planCommit(order.writes, order.database, time, store);
      this.#authorize(order.caller, plan, time);
      plan.refusals.throwFirst();
    } catch (error) {
      waiting.reject(error);
      return undefined;
    } finally {
      if (order.transaction) transactions.finish(order.transaction);
    }
    const changes = plan.touched.map((touched) => this.#store(touched, time)).filter((c) => c !== undefined);
    const commit = { time, changes };
    if (changes.length > 0)
      history.add(
        commit,
        changes.reduce((sum, change) => sum + sizeOf(change), 0),
      );
    if (changes.some(({ after }) => !after)) store.rememberTime(time);
    return { waiting, commit, plan };
  }

  #store({ at, before, after }: Touched, time: number): Change | undefined {
    const { store } = this.#core;
    if (!after) {
      if (!before) return undefined;
      store.remove(at, before);
      return { at, before, after: undefined };
    }
    if (after === before) return undefined;
    return { at, before, after: store.put(at, before, after.fields, time, after.created) };
  }

  #authorize(caller: Caller, { touched }: CommitPlan, time: number): void {
    const { authorizer, store, usage } = this.#core;
    if (!authorizer || caller.kind === 'admin') return;
    const after = new Map(touched.map((t) => [t.at.name, documentAfter(t)]));
    const read = (name: string): ReturnType<RuleLookup['get']> => {
      const at = locate(name);
      usage.count('reads', at.segments);
      const found = store.read(at);
      return found && toDocument(found);
    };
    const lookup: RuleLookup = {
      get: read,
      getAfter: (name) => (after.has(name) ? after.get(name) : read(name)),
    };
    for (const item of touched) {
      if (!item.isWritten) continue;
      const { expected = item.before !== undefined } = item;
      const method = item.after ? (expected ? 'update' : 'create') : 'delete';
      const before = method !== 'create' && item.before ? toDocument(item.before) : undefined;
      authorizer.write(
        caller,
        { method, name: item.at.name, before, after: documentAfter(item), batchSize: touched.length, time },
        lookup,
      );
    }
  }

  #bill({ touched }: CommitPlan): void {
    for (const { at, writes, deletes } of touched) {
      this.#core.usage.count('writes', at.segments, writes);
      this.#core.usage.count('deletes', at.segments, deletes);
    }
  }
}

function documentAfter({ at, after }: Touched): ReturnType<RuleLookup['get']> {
  return after && toDocument({ id: 0, name: at.name, ...after });
}

function sizeOf({ at, before, after }: Change): number {
  const size = (document: StoredDocument | undefined): number =>
    document ? documentSize(at.segments, document.fields) : 0;
  return size(before) + size(after);
}
