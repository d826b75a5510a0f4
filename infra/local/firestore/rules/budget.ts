/** What one request may spend on evaluation and on documents that its rules look up. */
import { EvaluationError, RulesLimitError } from './errors.ts';
import type { RuleValue } from './value.ts';

/**
 * Production stops at 1,000 expressions but does not say how it counts; this counts every node of the syntax tree,
 * so the limit is wider. It guards the server, it does not reproduce the exact border.
 */
const MAX_STEPS = 10_000;
const MAX_CALL_DEPTH = 20; // production's limit of nested function calls

/** Looks up a document by its full path; `after`: as it will be once the current batch is committed. */
export type Lookup = (segments: readonly string[], after: boolean) => RuleValue;

export class Budget {
  readonly #lookup: Lookup;
  readonly #accessCalls: number;
  readonly #cache = new Map<string, RuleValue>();
  #steps = 0;
  #depth = 0;

  /** `accessCalls`: how many different documents `get`, `exists`, `getAfter` and `existsAfter` may touch. */
  constructor(lookup: Lookup, accessCalls: number) {
    this.#lookup = lookup;
    this.#accessCalls = accessCalls;
  }

  step(): void {
    this.#steps += 1;
    if (this.#steps > MAX_STEPS) throw new RulesLimitError('the rules evaluate too many expressions');
  }

  nested<T>(call: () => T): T {
    if (this.#depth >= MAX_CALL_DEPTH) throw new EvaluationError('function calls nest too deep');
    this.#depth += 1;
    try {
      return call();
    } finally {
      this.#depth -= 1;
    }
  }

  /** A repeated lookup of one document costs nothing, as in production. */
  document(segments: readonly string[], after: boolean): RuleValue {
    const key = `${after ? 'after' : 'now'}:${segments.join('/')}`;
    const cached = this.#cache.get(key);
    if (cached) return cached;
    if (this.#cache.size >= this.#accessCalls) {
      throw new RulesLimitError(`the rules look up more than ${String(this.#accessCalls)} documents`);
    }
    const found = this.#lookup(segments, after);
    this.#cache.set(key, found);
    return found;
  }
}
