import { LongrunError, utf8Bytes } from '@longrun/shared';

/** More than a client can be expected to take in, and a process to pass on. Bytes of JSON. */
export const MAX_ANSWER = 20_000_000;

/** Counts what an answer has so far. */
export class AnswerSize {
  readonly #advice: string;
  #bytes = 0;

  constructor(advice: string) {
    this.#advice = advice;
  }

  /** Throws `too_large` once it is more than an answer may have. */
  add(part: object): void {
    this.#bytes += utf8Bytes(JSON.stringify(part));
    if (this.#bytes > MAX_ANSWER) throw answerTooLarge(this.#advice);
  }
}

export function answerTooLarge(advice: string): LongrunError {
  return new LongrunError(
    'too_large',
    `The answer would have more than ${MAX_ANSWER} bytes of JSON. ${advice}`,
  );
}
