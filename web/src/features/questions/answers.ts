import type { Json, Run } from '@longrun/shared';
import { ApiError, type Api } from '../../lib/api.ts';
import { createStore } from '../../lib/store.ts';
import type { RunBook } from '../runs/run-book.ts';
import { dropDraft } from '../../lib/drafts.ts';

/** An answer of this page: on its way, refused, there, or late because someone else was quicker. */
export type Sending =
  | { state: 'sending'; value: Json }
  | { state: 'failed'; value: Json; error: ApiError }
  | { state: 'sent'; value: Json; at: number }
  | { state: 'late'; value: Json; at: number };

/** Where the draft of an answer is kept. */
export const answerPlace = (runId: string, questionId: string) => `answer:${runId}:${questionId}`;

const keyOf = (runId: string, questionId: string) => `${runId} ${questionId}`;

export class Answers {
  readonly #sendings = createStore<ReadonlyMap<string, Sending>>(new Map());
  readonly #api: Api;
  readonly #book: RunBook;

  constructor(api: Api, book: RunBook) {
    this.#api = api;
    this.#book = book;
  }

  get all() {
    return this.#sendings;
  }

  of(runId: string, questionId: string): Sending | undefined {
    return this.#sendings.get().get(keyOf(runId, questionId));
  }

  /** Repeating it is harmless: the server knows an answer that it has. */
  async send(run: Run, questionId: string, value: Json): Promise<void> {
    const { run_id: runId } = run;
    if (this.of(runId, questionId)?.state === 'sending') return;
    this.#set(runId, questionId, { state: 'sending', value });
    try {
      const answered = await this.#api.answerRun(runId, { [questionId]: value });
      this.#set(runId, questionId, { state: 'sent', value, at: Date.now() });
      dropDraft(answerPlace(runId, questionId));
      this.#book.put(answered);
    } catch (cause) {
      const error =
        cause instanceof ApiError ? cause : new ApiError('unreachable', (cause as Error).message, 0);
      const late = error.code === 'already_answered' || error.code === 'not_interrupted';
      this.#set(
        runId,
        questionId,
        late ? { state: 'late', value, at: Date.now() } : { state: 'failed', value, error },
      );
    }
  }

  #set(runId: string, questionId: string, sending: Sending): void {
    this.#sendings.set((all) => new Map(all).set(keyOf(runId, questionId), sending));
  }
}
