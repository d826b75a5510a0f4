import type { Core } from '../core.ts';
import { resultTest } from '../query/affects.ts';
import { coversPath } from '../query/match.ts';
import type { NormalizedQuery } from '../query/normalized.ts';
import { windowOf } from '../query/window.ts';
import { documentAt } from '../read/reading.ts';
import { locate } from '../store/document.ts';
import type { StoredDocument } from '../store/document.ts';
import type { Change, Commit } from '../write/change.ts';
import { placesOfQuery } from './query-watch.ts';
import type { Resumption } from './token.ts';
import { effectOfLeaving } from './watch.ts';
import type { Effect, InitialState, Watch } from './watch.ts';

/** A query with a limit: one document's change may let another in. What the client holds is kept, and compared. */
export class LimitedWatch implements Watch {
  readonly places: readonly string[];
  readonly #core: Core;
  readonly #query: NormalizedQuery;
  readonly #isResult: (document: StoredDocument) => boolean;
  /** Name to update time. */
  #held = new Map<string, number>();

  constructor(core: Core, query: NormalizedQuery) {
    this.#core = core;
    this.#query = query;
    this.#isResult = resultTest(query);
    this.places = placesOfQuery(query);
  }

  begin(resumption: Resumption, time: number): InitialState {
    if (resumption.kind === 'since') {
      for (const { name, updated } of this.#window(resumption.time)) this.#held.set(name, updated);
    }
    const effects = this.#refill(time);
    return { effects, count: resumption.kind === 'since' ? this.#held.size : undefined };
  }

  apply(changes: readonly Change[], { time }: Commit): readonly Effect[] {
    const isConcerned = changes.some(
      ({ at, before, after }) =>
        coversPath(this.#query, at) &&
        ((before && this.#isResult(before)) || (after && this.#isResult(after))),
    );
    return isConcerned ? this.#refill(time) : [];
  }

  #window(time: number): StoredDocument[] {
    const { store, history } = this.#core;
    return windowOf({ store, history, time }, this.#query);
  }

  #refill(time: number): Effect[] {
    const now = this.#window(time);
    const before = this.#held;
    this.#held = new Map(now.map(({ name, updated }) => [name, updated]));
    const left = [...before.keys()]
      .filter((name) => !this.#held.has(name))
      .map((name) => effectOfLeaving(name, documentAt(this.#core, locate(name), time)));
    const set = now
      .filter(({ name, updated }) => before.get(name) !== updated)
      .map((document): Effect => ({ kind: 'set', document }));
    return [...left, ...set];
  }
}
