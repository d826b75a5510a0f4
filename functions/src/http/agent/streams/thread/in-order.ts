/** Does what is given to it one after the other, at once while nothing has to be waited for. */
export class InOrder {
  #waiting: Promise<void> | undefined;

  push(work: () => void | Promise<void>): void {
    if (this.#waiting !== undefined) {
      this.#after(this.#waiting.then(work));
      return;
    }
    const done = work();
    if (done !== undefined) this.#after(done);
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.#waiting !== undefined) await this.#waiting;
  }

  #after(done: Promise<void>): void {
    this.#waiting = done.finally(() => {
      if (this.#waiting === waiting) this.#waiting = undefined;
    });
    const waiting = this.#waiting;
  }
}
