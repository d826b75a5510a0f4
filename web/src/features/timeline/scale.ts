import type { Row } from '@longrun/shared';

/** A stretch in which nothing was drawn for longer than this is compressed to it. Milliseconds. */
const MAX_GAP_MS = 1_500;
/** Waits for a person or a retry may take days; they are drawn no longer than this share of the work. */
const WAIT_SHARE = 0.15;

export interface Scale {
  /** Place of a time on the lane, 0 to 1. */
  at(time: number): number;
}

/** Maps times to the lane: idle gaps are compressed, and so are long waits. */
export function scaleOf(rows: readonly Row[], now: number): Scale {
  const busy = merge(
    rows.filter((row) => row.kind !== 'wait').map((row) => [row.startedAt, row.endedAt ?? now]),
  );
  const waits = merge(
    rows.filter((row) => row.kind === 'wait').map((row) => [row.startedAt, row.endedAt ?? now]),
  );
  const work = busy.reduce((sum, [from, to]) => sum + to - from, 0);
  const longestWait = Math.max(MAX_GAP_MS, work * WAIT_SHARE);
  const stops: { time: number; pos: number }[] = [];
  let pos = 0;
  let last: number | undefined;
  const edges = [...new Set([...busy, ...waits].flat())].sort((a, b) => a - b);
  for (const edge of edges) {
    if (last !== undefined) {
      const middle = (last + edge) / 2;
      const length = edge - last;
      if (inside(busy, middle)) pos += length;
      else pos += Math.min(length, inside(waits, middle) ? longestWait : MAX_GAP_MS);
    }
    stops.push({ time: edge, pos });
    last = edge;
  }
  const total = Math.max(1, pos);
  return {
    at(time) {
      const after = stops.findIndex((stop) => stop.time >= time);
      const right = stops[after];
      const left = stops[after - 1];
      if (right === undefined) return 1;
      if (left === undefined) return right.pos / total;
      const share = (time - left.time) / Math.max(1, right.time - left.time);
      return (left.pos + share * (right.pos - left.pos)) / total;
    },
  };
}

type Span = readonly [number, number];

function merge(spans: readonly (readonly number[])[]): Span[] {
  const sorted = spans
    .map(([from = 0, to = 0]): Span => [from, Math.max(from, to)])
    .sort((a, b) => a[0] - b[0]);
  const out: Span[] = [];
  for (const span of sorted) {
    const last = out.at(-1);
    if (last !== undefined && span[0] <= last[1]) out[out.length - 1] = [last[0], Math.max(last[1], span[1])];
    else out.push(span);
  }
  return out;
}

function inside(spans: readonly Span[], time: number): boolean {
  return spans.some(([from, to]) => from <= time && time <= to);
}
