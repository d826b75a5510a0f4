import { LongrunError, threadPath } from '@longrun/shared';
import type { CheckpointInfo, CheckpointSink, TaskInfo } from '../ports/checkpoint-sink.ts';
import { CommitConflict, type DocumentWrite } from '../ports/documents.ts';
import type { RunStore } from '../runtime/runs/run-store.ts';
import { holderOf } from '../runtime/runs/thread-queue.ts';

/** How often a thread may change while its state is being edited. */
const MAX_RACES = 20;

/**
 * Commits what an edit of a thread's state writes, each time on the condition that the thread is as it was when no run went
 * on on it. A run that asks does not go on. Task writes wait for their checkpoint, so that an edit is there whole or not
 * at all. Throws `thread_busy` and `not_found`.
 */
export class UpdateSink implements CheckpointSink {
  readonly #store: RunStore;
  readonly #uid: string;
  readonly #threadId: string;
  #held: DocumentWrite[] = [];

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

  async #commit(writes: DocumentWrite[]): Promise<void> {
    for (let race = 0; race < MAX_RACES; race += 1) {
      const { path, version } = await this.requireFree();
      const at = new Date(this.#store.clock.now()).toISOString();
      const fields = { updated_at: at, state_updated_at: at };
      try {
        return await this.#store.documents.commit([{ op: 'update', path, version, fields }, ...writes]);
      } catch (error) {
        if (!(error instanceof CommitConflict)) throw error;
      }
    }
    throw new LongrunError('thread_busy', `Thread ${this.#threadId} is changing too quickly; try again.`);
  }

  /** The thread as it is while no run goes on on it. */
  async requireFree() {
    const [thread] = await this.#store.documents.get([threadPath(this.#uid, this.#threadId)]);
    if (thread === undefined || thread.fields['removing'] === true) {
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
    return thread;
  }
}
