/**
 * Why a commit cannot be, as far as that depends on what is stored. It is kept back until the rules have spoken: who may
 * not write must not learn from a refusal whether a document exists, or how large it is.
 */
import { StatusError } from '../status.ts';

export class Refusals {
  #first: StatusError | undefined;

  /** Goes on as if nothing spoke against it. Errors that are no refusals are thrown. */
  keep(check: () => void): void {
    try {
      check();
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.#first ??= error;
    }
  }

  /** @throws StatusError what was found first */
  throwFirst(): void {
    if (this.#first) throw this.#first;
  }
}
