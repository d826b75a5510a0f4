/** Work on one thing, one after the other: whoever would only collide with the others waits for them instead. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Resolves and rejects as `work` does, which begins when all earlier work on `key` has ended either way. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    }
  }
}
