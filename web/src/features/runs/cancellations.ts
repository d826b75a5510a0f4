import { errorMessage } from '@longrun/shared';
import type { Api } from '../../lib/api.ts';
import { createStore } from '../../lib/store.ts';

/** Runs that were asked to stop and have not said so yet. */
export class Cancellations {
  readonly open = createStore<ReadonlySet<string>>(new Set());
  readonly #api: Api;
  readonly #failed: (runId: string, message: string) => void;

  constructor(api: Api, failed: (runId: string, message: string) => void) {
    this.#api = api;
    this.#failed = failed;
  }

  async cancel(runId: string): Promise<void> {
    if (this.open.get().has(runId)) return;
    this.open.set((ids) => new Set([...ids, runId]));
    try {
      await this.#api.cancelRun(runId);
    } catch (error) {
      this.open.set((ids) => new Set([...ids].filter((id) => id !== runId)));
      this.#failed(runId, errorMessage(error));
    }
  }
}
