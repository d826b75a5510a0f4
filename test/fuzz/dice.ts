import { pick, seededRandom } from '../support/random.ts';

/** Decisions that follow from a seed: what is drawn for a request depends on nothing else. */
export class Dice {
  readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number {
    return Math.floor(this.random() * below);
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  one<T>(choices: readonly T[]): T {
    return pick(
      this.random,
      choices.map((choice) => [choice, 1] as const),
    );
  }

  weighted<T>(choices: readonly (readonly [T, number])[]): T {
    return pick(this.random, choices);
  }

  /** Characters from everywhere, the awkward ones often. */
  text(maxLength: number): string {
    const length = this.below(maxLength + 1);
    return Array.from({ length }, () => this.#character()).join('');
  }

  #character(): string {
    return this.weighted<() => string>([
      [() => String.fromCodePoint(32 + this.below(95)), 60],
      [
        () => this.one(['\0', '\n', '\r', '\t', '"', '\\', '/', '.', '%', '`', '$', '{', '<', "'", '\u2028']),
        20,
      ],
      [() => String.fromCodePoint(0x80 + this.below(0x2000)), 10],
      [() => this.one(['\u202e', '\ufeff', '\ufffe', '😀', '\ud800', '\udfff', 'e\u0301', 'ﷺ']), 10],
    ])();
  }
}
