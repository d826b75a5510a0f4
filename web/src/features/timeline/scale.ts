import type { Row } from '@longrun/shared';

/** A stretch in which nothing was drawn for longer than this is compressed to it. Milliseconds. */
const MAX_GAP_MS = 1_500;
/** Waits for a person or a retry may take days; they are drawn no longer than this share of the work. */
const WAIT_SHARE = 0.15;

export interface Scale {
  /** Place of a time on the lane, 0 to 1. */
  at(time: number): number;
  /** Stretches without work that are drawn shorter than they were. */
  breaks: readonly { from: number; to: number }[];
}

export type Stretch = readonly [from: number, to: number];

/** Maps times to the lane: idle gaps are compressed, and so are long waits. */
export function scaleOf(rows: readonly Row[], now: number): Scale {
  const stretches = (waits: boolean) =>
    rows
      .filter((row) => (row.kind === 'wait') === waits)
      .map((row): Stretch => [row.startedAt, row.endedAt ?? now]);
  return scaleOfStretches(stretches(false), stretches(true), MAX_GAP_MS);
}

/** `work` is drawn as long as it took, `waits` and what is neither no longer than `maxGapMs` or a share of the work. */
export function scaleOfStretches(
  work: readonly Stretch[],
  waiting: readonly Stretch[],
  maxGapMs: number,
): Scale {
  const busy = merge(work);
  const waits = merge(waiting);
  const longestWait = Math.max(maxGapMs, lengthOf(busy) * WAIT_SHARE);
  const stops: { time: number; pos: number }[] = [];
  const breaks: { from: number; to: number }[] = [];
  let pos = 0;
  let last: number | undefined;
  const edges = [...new Set([...busy, ...waits].flat())].sort((a, b) => a - b);
  for (const edge of edges) {
    if (last !== undefined) {
      const middle = (last + edge) / 2;
      const length = edge - last;
      const most = inside(busy, middle) ? length : inside(waits, middle) ? longestWait : maxGapMs;
      if (length > most) breaks.push({ from: last, to: edge });
      pos += Math.min(length, most);
    }
    stops.push({ time: edge, pos });
    last = edge;
  }
  const total = pos > 0 ? pos : 1;
  return {
    breaks,
    at(time) {
      const after = stops.findIndex((stop) => stop.time >= time);
      const right = stops[after];
      const left = stops[after - 1];
      if (right === undefined) return 1;
      if (left === undefined) return right.pos / total;
      const share = (time - left.time) / (right.time - left.time);
      return (left.pos + share * (right.pos - left.pos)) / total;
    },
  };
}

/** Time that at least one of them covers. */
export function covered(stretches: readonly Stretch[]): number {
  return lengthOf(merge(stretches));
}

function lengthOf(merged: readonly Stretch[]): number {
  return merged.reduce((sum, [from, to]) => sum + to - from, 0);
}

function merge(spans: readonly Stretch[]): Stretch[] {
  const sorted = spans.map(([from, to]): Stretch => [from, Math.max(from, to)]).sort((a, b) => a[0] - b[0]);
  const out: Stretch[] = [];
  for (const span of sorted) {
    const last = out.at(-1);
    if (last !== undefined && span[0] <= last[1]) out[out.length - 1] = [last[0], Math.max(last[1], span[1])];
    else out.push(span);
  }
  return out;
}

/** `spans` are merged: in order, and apart from each other. */
function inside(spans: readonly Stretch[], time: number): boolean {
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const span = spans[middle];
    if (span === undefined) return false;
    if (time < span[0]) high = middle - 1;
    else if (time > span[1]) low = middle + 1;
    else return true;
  }
  return false;
}
