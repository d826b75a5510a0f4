import type { Change } from '../write/change.ts';
import { cursorTest } from './execute.ts';
import { compileQuery, coversPath } from './match.ts';
import type { NormalizedQuery } from './normalized.ts';

/** Was, or is, the changed document among those from which the query's result is taken? */
export function affects(query: NormalizedQuery): (change: Change) => boolean {
  const isResult = resultTest(query);
  return (change) => {
    const { before, after } = change;
    return (
      coversPath(query, change.at) && ((before && isResult(before)) || (after && isResult(after))) === true
    );
  };
}

/** Limit and offset apart. */
export function resultTest(query: NormalizedQuery): (document: NonNullable<Change['after']>) => boolean {
  const matches = compileQuery(query);
  const inRange = cursorTest(query);
  return (document) => matches(document) && inRange(document);
}
