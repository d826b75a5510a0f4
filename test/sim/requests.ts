import type { Run } from '@longrun/shared';
import type { Observer } from './observer.ts';
import type { Plan, PlannedRun } from './plan.ts';

/** Which run is whose: each says it in its metadata, and one that is tried again by what it goes on from. */
export class Requests {
  readonly #observer: Observer;
  readonly #byKey: ReadonlyMap<unknown, PlannedRun>;

  constructor(observer: Observer, { requests, cron }: Pick<Plan, 'requests' | 'cron'>) {
    this.#observer = observer;
    const all = cron === null ? requests : [...requests, cron.run];
    this.#byKey = new Map(all.map((request) => [request.key, request]));
  }

  of(run: Run): PlannedRun | undefined {
    const { metadata, retry_of } = run;
    // Its metadata are those of whoever answered last.
    if (retry_of !== null) return this.ofId(retry_of);
    const key =
      typeof metadata === 'object' && metadata !== null && 'request' in metadata ? metadata.request : null;
    return this.#byKey.get(key);
  }

  /** The run that has the turn of this id. */
  runIdOf(turnId: string): string {
    const runs = [...this.#observer.runs.values()].map(({ run }) => run);
    return runs.find(({ turns }) => turns.some(({ run_id }) => run_id === turnId))?.run_id ?? turnId;
  }

  ofId(runId: string): PlannedRun | undefined {
    const observed = this.#observer.runs.get(runId);
    return observed === undefined ? undefined : this.of(observed.run);
  }
}
