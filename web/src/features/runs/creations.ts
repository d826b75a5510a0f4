import { isObject, type CreateRun, type Json, type JsonObject } from '@longrun/shared';
import { ApiError, type Api } from '../../lib/api.ts';
import { createStore } from '../../lib/store.ts';
import { optimisticRun } from './optimistic.ts';
import type { RunBook } from './run-book.ts';

export type RunRequest = CreateRun & { run_id: string; input: Json };

/** A run that the server has not confirmed yet. The request is kept, so that nothing typed is ever lost. */
export interface Creation {
  request: RunRequest;
  state: 'sending' | 'failed';
  error?: ApiError;
}

/** Requests whose answer never came are sent again by themselves: the server knows them by `run_id`. */
const AGAIN_AFTER_MS = [400, 1_200, 3_000];

export class Creations {
  readonly open = createStore<ReadonlyMap<string, Creation>>(new Map());
  readonly #api: Api;
  readonly #book: RunBook;

  constructor(api: Api, book: RunBook) {
    this.#api = api;
    this.#book = book;
  }

  /** Shows the run at once and sends it. Answers its id. */
  start(request: Omit<RunRequest, 'run_id'> & { input: Json; assistant_id: string }): string {
    const full: RunRequest = { ...request, run_id: crypto.randomUUID(), config: withZone(request.config) };
    const busy = this.#book.openRuns().some((run) => run.thread_id === full.thread_id);
    this.#book.addRecent(optimisticRun(full, Date.now(), busy));
    void this.#send(full);
    return full.run_id;
  }

  retry(runId: string): void {
    const creation = this.open.get().get(runId);
    if (creation?.state === 'failed') void this.#send(creation.request);
  }

  /** Forgets a request that failed. */
  drop(runId: string): void {
    this.#settle(runId, undefined);
    this.#book.recent.set((ids) => ids?.filter((id) => id !== runId) ?? null);
    this.#book.remove(runId);
  }

  async #send(request: RunRequest): Promise<void> {
    const id = request.run_id;
    this.#settle(id, { request, state: 'sending' });
    for (let tries = 0; ; tries += 1) {
      try {
        this.#book.put(await this.#api.createRun(request));
        this.#settle(id, undefined);
        return;
      } catch (cause) {
        const error =
          cause instanceof ApiError
            ? cause
            : new ApiError('unreachable', String((cause as Error).message), 0);
        const pause = AGAIN_AFTER_MS[tries];
        if (pause === undefined || !mayPass(error)) {
          this.#settle(id, { request, state: 'failed', error });
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  #settle(id: string, creation: Creation | undefined): void {
    this.open.set((open) => {
      const next = new Map(open);
      if (creation === undefined) next.delete(id);
      else next.set(id, creation);
      return next;
    });
  }
}

function mayPass(error: ApiError): boolean {
  return error.status === 0 || error.status === 502 || error.status === 503 || error.status === 504;
}

/** Graphs that speak of days and hours mean those of the person who asks. */
function withZone(config: unknown): JsonObject {
  const own = isObject(config) ? config : {};
  const chosen = own['configurable'];
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return { ...own, configurable: { time_zone: timeZone, ...(isObject(chosen) ? chosen : {}) } };
}
