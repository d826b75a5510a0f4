/** Stands where something was taken out; no keyboard has it. */
const CUT = '\u0001';

/** A text from which what was understood is taken, so that what is left is the title. */
export class Scanner {
  #text: string;

  constructor(text: string) {
    this.#text = text.replaceAll(CUT, ' ').replaceAll(/\s+/g, ' ').trim();
  }

  /** The first place that matches, which is then gone. */
  take(pattern: RegExp): RegExpExecArray | null {
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    const end = found.index + found[0].length;
    this.#text = `${this.#text.slice(0, found.index)} ${CUT} ${this.#text.slice(end)}`;
    return found;
  }

  takeAll(pattern: RegExp): RegExpExecArray[] {
    const all: RegExpExecArray[] = [];
    for (let found = this.take(pattern); found !== null && all.length < 20; found = this.take(pattern))
      all.push(found);
    return all;
  }

  /** The first place that matches, which stays. */
  find(pattern: RegExp): RegExpExecArray | null {
    return pattern.exec(this.#text);
  }

  has(pattern: RegExp): boolean {
    return pattern.test(this.#text);
  }

  /** The stretches between what was taken. */
  get left(): string[] {
    return this.#text
      .split(CUT)
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }
}
