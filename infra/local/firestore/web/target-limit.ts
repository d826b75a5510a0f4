import { StatusError } from '../engine/status.ts';
import type { ListenRequest } from '../engine/types.ts';

/** Counts the targets that a Listen stream has added and not removed. */
export class TargetLimit {
  readonly #max: number;
  readonly #open = new Set<number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** @throws StatusError RESOURCE_EXHAUSTED */
  check({ addTarget, removeTarget }: ListenRequest): void {
    if (removeTarget !== undefined) this.#open.delete(removeTarget);
    if (addTarget?.targetId === undefined) return;
    this.#open.add(addTarget.targetId);
    if (this.#open.size > this.#max) {
      throw new StatusError('RESOURCE_EXHAUSTED', `a stream may listen to ${String(this.#max)} targets`);
    }
  }
}
