import { isBeingRemoved, LongrunError, threadPath, type Run } from '@longrun/shared';
import { decideCancel } from '../domain/decide.ts';
import type { CheckpointInfo, CheckpointSink, TaskInfo } from '../ports/checkpoint-sink.ts';
import { CommitConflict, type DocumentWrite, type StoredDocument } from '../ports/documents.ts';
import { entryWrite, NEWER, type RunStore } from '../runtime/runs/run-store.ts';
import { holderOf } from '../runtime/runs/thread-queue.ts';
import { tell } from '../telemetry/tell.ts';

/** How often a thread may change while its state is being edited. */
const MAX_RACES = 20;

/**
 * Commits what an edit of a thread's state writes, each time on the condition that the thread is as it was when no run went
 * on on it. A run that asks there ends with the same commit: what it asked belongs to the state before. Task writes wait for
 * their checkpoint, so that an edit is there whole or not at all. Throws `thread_busy`, `not_found`, and `unavailable` while the
 * run of a newer version asks.
 */
export class UpdateSink implements CheckpointSink {
  readonly #store: RunStore;
  readonly #uid: string;
  readonly #threadId: string;
  #held: DocumentWrite[] = [];
  #withdrawn: string | null = null;

  constructor(store: RunStore, uid: string, threadId: string) {
    this.#store = store;
    this.#uid = uid;
    this.#threadId = threadId;
  }

  async checkpoint(_info: CheckpointInfo, writes: DocumentWrite[]): Promise<void> {
    const all = [...this.#held, ...writes];
    this.#held = [];
    await this.#commit(all);
  }

  taskWrites(_info: TaskInfo, writes: DocumentWrite[]): Promise<void> {
    this.#held.push(...writes);
    return Promise.resolve();
  }

  /** Commits what no checkpoint followed. */
  async end(): Promise<void> {
    if (this.#held.length > 0) await this.#commit(this.#held);
    this.#held = [];
  }

  /** The run that asked, and was ended; also when the answer to the commit that did so was lost. */
  get withdrawn(): string | null {
    return this.#withdrawn;
  }

  async #commit(writes: DocumentWrite[]): Promise<void> {
    for (let race = 0; race < MAX_RACES; race += 1) {
      const { thread, asking } = await this.requireFree();
      const at = new Date(this.#store.clock.now()).toISOString();
      const fields = { updated_at: at, state_updated_at: at };
      const end = asking === null ? null : await this.#endOf(asking, thread);
      if (end !== null) this.#withdrawn = end.run.run_id;
      const free = { ...end?.threadFields, ...fields };
      try {
        await this.#store.documents.commit([
          { op: 'update', path: thread.path, version: thread.version, fields: free },
          ...(end?.writes ?? []),
          ...writes,
        ]);
        if (end !== null) tell(end.before, end.run, end.entry);
        return;
      } catch (error) {
        if (!(error instanceof CommitConflict)) throw error;
      }
    }
    throw new LongrunError('thread_busy', `Thread ${this.#threadId} is changing too quickly; try again.`);
  }

  /** What ends the run that asks. Null when it has ended meanwhile. */
  async #endOf({ owner, run_id }: Run, thread: StoredDocument) {
    const loaded = await this.#store.load(owner, run_id);
    const events = loaded === undefined ? null : decideCancel(loaded.run, owner, this.#store.clock.now());
    if (loaded === undefined || events === null) return null;
    if (loaded.newer) throw new LongrunError('unavailable', NEWER);
    const { entry, run, writes: all } = this.#store.following(loaded.run, events, 'api');
    const ofThread = all.find(({ path }) => path === thread.path);
    const writes = [entryWrite(run, entry), ...all.filter((write) => write !== ofThread)];
    const threadFields = ofThread !== undefined && 'fields' in ofThread ? ofThread.fields : {};
    return { before: loaded.run, run, entry, threadFields, writes };
  }

  /** The thread as it is while no run goes on on it, and the run that asks there. */
  async requireFree(): Promise<{ thread: StoredDocument; asking: Run | null }> {
    const [thread] = await this.#store.documents.get([threadPath(this.#uid, this.#threadId)]);
    if (thread === undefined || isBeingRemoved(thread.fields)) {
      throw new LongrunError('not_found', `There is no thread ${this.#threadId}.`);
    }
    const { active, waiting } = await holderOf(this.#store, this.#uid, thread);
    if ((active !== null && active.status !== 'interrupted') || waiting.length > 0) {
      throw new LongrunError(
        'thread_busy',
        `A run goes on on thread ${this.#threadId}. Wait until it has ended, or cancel it.`,
        active === null ? { waiting: waiting.length } : { run_id: active.run_id, status: active.status },
      );
    }
    return { thread, asking: active };
  }
}
