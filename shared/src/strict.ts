import * as z from 'zod/mini';

/**
 * What a request may hold, and nothing else. A field that nobody obeys must not look as if it were obeyed, so whatever is
 * not in `shape` is refused by its name, with the names that are known.
 */
export function strict<T extends z.core.$ZodLooseShape>(shape: T) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownFields(issue.keys, known) : undefined),
  });
}

/** A field of LangGraph's requests that is refused. `null` says as much as leaving it out. */
export function notSupported(instead: string) {
  return z.optional(z.null(`is not supported. ${instead}`)).check(z.describe(`Not supported. ${instead}`));
}

/** Characters of a name that an answer repeats. */
const SHOWN = 60;

function unknownFields(keys: readonly string[], known: readonly string[]): string {
  const named = keys.slice(0, 10).map((key) => {
    const meant = known.find((name) => isLike(key, name));
    const shown = JSON.stringify(key.slice(0, SHOWN).toWellFormed());
    return meant === undefined ? shown : `${shown} (did you mean ${meant}?)`;
  });
  const what = `unknown field${keys.length === 1 ? '' : 's'} ${named.join(', ')}`;
  return known.length === 0 ? `${what}; none is known here` : `${what}; known are ${known.join(', ')}`;
}

/** Whether someone who wrote `written` may have meant `name`: spelt in another way, or two letters off at most. */
function isLike(written: string, name: string): boolean {
  const [a, b] = [plain(written), plain(name)];
  if (a === b) return true;
  return b.length > 4 && Math.abs(a.length - b.length) <= 2 && distance(a, b) <= 2;
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[_-]/g, '');

/** Levenshtein's: letters to add, to drop or to change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
