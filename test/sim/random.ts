/** Seeded random numbers: the same seed and label give the same sequence on every machine. */
export class Random {
  #state: number;

  constructor(seed: number, label: string) {
    // FNV-1a over the label, then one round of mixing, so that neighbouring seeds share nothing.
    let hash = 0x811c9dc5 ^ seed;
    for (let i = 0; i < label.length; i += 1) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
    this.#state = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b) >>> 0;
  }

  /** In [0, 1). Mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from `from` up to and without `to`. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from));
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.int(0, items.length)];
    if (item === undefined) throw new Error('Nothing to pick from.');
    return item;
  }
}
