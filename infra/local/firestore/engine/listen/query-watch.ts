import type { Core } from '../core.ts';
import { resultTest } from '../query/affects.ts';
import { execute } from '../query/execute.ts';
import { coversPath } from '../query/match.ts';
import type { NormalizedQuery } from '../query/normalized.ts';
import { documentAt } from '../read/reading.ts';
import { locate } from '../store/document.ts';
import type { StoredDocument } from '../store/document.ts';
import type { Change } from '../write/change.ts';
import type { Resumption } from './token.ts';
import { collectionPlace, databasePlace, effectOfLeaving, groupPlace } from './watch.ts';
import type { Effect, InitialState, Watch } from './watch.ts';

export function placesOfQuery({ database, parent, collectionId, allDescendants }: NormalizedQuery): string[] {
  if (collectionId === undefined) return [databasePlace(database)];
  return [
    allDescendants
      ? groupPlace(database, collectionId)
      : collectionPlace(database, [...parent, collectionId]),
  ];
}

/**
 * A query without limit. Whether a document belongs to it depends on that document alone, so nothing is kept: what a change
 * means follows from the document before and after it.
 */
export class QueryWatch implements Watch {
  readonly places: readonly string[];
  readonly #core: Core;
  readonly #query: NormalizedQuery;
  readonly #isResult: (document: StoredDocument) => boolean;

  constructor(core: Core, query: NormalizedQuery) {
    this.#core = core;
    this.#query = query;
    this.#isResult = resultTest(query);
    this.places = placesOfQuery(query);
  }

  begin(resumption: Resumption, time: number): InitialState {
    const { store, history } = this.#core;
    const results = [...execute({ store, history, time }, this.#query)].map((result) => result.document());
    if (resumption.kind !== 'since') {
      return { effects: results.map((document) => ({ kind: 'set', document })), count: undefined };
    }
    // Beyond what history tells, those that left are not known; then the client finds them by the names of those that did not.
    const left = resumption.hasHistory ? this.#leftSince(resumption.time, time) : [];
    const news = results
      .filter(({ updated }) => updated > resumption.time)
      .map((document): Effect => ({ kind: 'set', document }));
    const names = resumption.hasHistory ? undefined : results.map(({ name }) => name);
    return { effects: [...news, ...left], count: results.length, ...(names && { names }) };
  }

  apply(changes: readonly Change[]): Effect[] {
    return changes.flatMap(({ at, before, after }): Effect[] => {
      if (!coversPath(this.#query, at)) return [];
      if (after && this.#isResult(after)) return [{ kind: 'set', document: after }];
      return before && this.#isResult(before) ? [effectOfLeaving(at.name, after)] : [];
    });
  }

  #leftSince(since: number, time: number): Effect[] {
    const core = this.#core;
    const states = core.history.changedSince(since, ({ at }) => coversPath(this.#query, at));
    return [...states].flatMap(([name, before]): Effect[] => {
      if (!before || !this.#isResult(before)) return [];
      const now = documentAt(core, locate(name), time);
      return now && this.#isResult(now) ? [] : [effectOfLeaving(name, now)];
    });
  }
}
