/** One segment of a list as the plan sees it. */
export interface Run {
  count: number;
  level: number;
  bytes: number;
}

export interface ListPlan {
  /** So many of the old segments stay as they are. */
  keep: number;
  /** Segments to write for the elements after them; their counts add up to the rest of the list. */
  write: { count: number; level: number }[];
}

const FAN_IN = 8; // segments that are merged into one
const SCATTERED = 16; // segments for each level up to one: as many gather when small and large ones alternate
const MERGED_BYTES = 256 * 1024; // no merge makes a larger segment: reading it is cheap enough, rewriting is not

/**
 * Which segments to keep and which to write when a list changes: a log-structured merge. What was appended makes
 * a segment; whenever FAN_IN segments of a level have gathered at the end they are written again as one of the
 * next level. So an element is written once for each level, of which there are log8 of the list's length and no
 * more than MERGED_BYTES allow, and a list of n bytes is read from few segments.
 *
 * `same` is how many elements at the start did not change, `bytesOf` an estimate for elements from..to.
 * Segments after the first change are written anew.
 */
export function planList(
  old: Run[],
  same: number,
  length: number,
  bytesOf: (from: number, to: number) => number,
): ListPlan {
  let keep = 0;
  let at = 0;
  for (const { count } of old) {
    if (at + count > same) break;
    at += count;
    keep += 1;
  }
  if (at === length) return { keep, write: [] };
  const runs: (Run & { fresh: boolean })[] = old.slice(0, keep).map((run) => ({ ...run, fresh: false }));
  const added = length - at;
  runs.push({ count: added, level: levelOf(added), bytes: bytesOf(at, length), fresh: true });
  for (let level = 0; runs.some((run) => run.level >= level); level += 1) {
    const tail = tailOf(runs, level);
    const gathered = tail.filter((run) => run.level === level).length;
    if (gathered < FAN_IN && tail.length < SCATTERED * (level + 1)) continue;
    runs.splice(-tail.length, tail.length, {
      count: sum(tail, 'count'),
      level: level + 1,
      bytes: sum(tail, 'bytes'),
      fresh: true,
    });
  }
  const first = runs.findIndex(({ fresh }) => fresh);
  return { keep: first, write: runs.slice(first).map(({ count, level }) => ({ count, level })) };
}

/** The segments at the end of this level or a lower one that together do not exceed what a merge may make. */
function tailOf(runs: (Run & { fresh: boolean })[], level: number): Run[] {
  let bytes = 0;
  let start = runs.length;
  for (const [i, run] of [...runs.entries()].toReversed()) {
    bytes += run.bytes;
    if (run.level > level || bytes > MERGED_BYTES) break;
    start = i;
  }
  return runs.slice(start);
}

/** Many elements that come at once need no merging among themselves. */
function levelOf(count: number): number {
  return Math.floor(Math.log(count) / Math.log(FAN_IN));
}

function sum(runs: Run[], key: 'count' | 'bytes'): number {
  return runs.reduce((total, run) => total + run[key], 0);
}
