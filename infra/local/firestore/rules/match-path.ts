/** Matching of a request's path against the pattern of a match block. */
import type { PatternSegment } from './syntax.ts';
import { path, string, UNKNOWN } from './value.ts';
import type { RuleValue } from './value.ts';

/** One unknown segment (the ids that a query may return). */
export const ANY = Symbol('any segment');
/** Any number of unknown segments (the ancestors of a collection group). */
export const MANY = Symbol('any number of segments');

/** The path of a request. A pattern matches it only if it matches whatever stands for the unknown parts. */
export type RequestPath = readonly (string | typeof ANY | typeof MANY)[];

export interface PathMatch {
  readonly captures: readonly (readonly [string, RuleValue])[];
  /** What the pattern left over, for the match blocks inside. */
  readonly rest: RequestPath;
}

/** Every way in which `pattern` matches a beginning of `target`. */
export function* matchPath(
  pattern: readonly PatternSegment[],
  target: RequestPath,
  version: 1 | 2,
): Generator<PathMatch> {
  const [segment, ...others] = pattern;
  if (!segment) {
    yield { captures: [], rest: target };
    return;
  }
  if (segment.kind === 'glob') {
    for (let taken = version === 1 ? 1 : 0; taken <= target.length; taken += 1) {
      const part = target.slice(0, taken);
      if (version === 1 && part.every((piece) => piece === MANY)) continue;
      yield* continueMatch(segment.name, pathValue(part), others, target.slice(taken), version);
    }
    return;
  }
  const [first, ...rest] = target;
  if (first === undefined || first === MANY) return;
  if (segment.kind === 'capture') {
    yield* continueMatch(segment.name, first === ANY ? UNKNOWN : string(first), others, rest, version);
  } else if (segment.text === first) {
    yield* matchPath(others, rest, version);
  }
}

function* continueMatch(
  name: string,
  value: RuleValue,
  pattern: readonly PatternSegment[],
  target: RequestPath,
  version: 1 | 2,
): Generator<PathMatch> {
  for (const { captures, rest } of matchPath(pattern, target, version)) {
    yield { captures: [[name, value], ...captures], rest };
  }
}

/** The path as a value; unknown as soon as one part is. */
export function pathValue(segments: RequestPath): RuleValue {
  const known = segments.filter((segment) => typeof segment === 'string');
  return known.length === segments.length ? path(known) : UNKNOWN;
}
