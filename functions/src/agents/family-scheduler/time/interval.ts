/** A stretch of time, in milliseconds; `end` is not part of it. */
export interface Interval {
  start: number;
  end: number;
}

/** Whether they share a moment; touching ends share none. */
export function overlaps(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Both ends moved out by `by`. */
export function widen({ start, end }: Interval, by: number): Interval {
  return { start: start - by, end: end + by };
}

/** The part that lies within `window`, or undefined. */
export function clip(interval: Interval, window: Interval): Interval | undefined {
  const start = Math.max(interval.start, window.start);
  const end = Math.min(interval.end, window.end);
  return start < end ? { start, end } : undefined;
}

/** The same moments as few, ordered stretches that do not touch. */
export function union(intervals: readonly Interval[]): Interval[] {
  const joined: Interval[] = [];
  for (const { start, end } of intervals.filter((i) => i.start < i.end).sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}

/** What `busy` leaves of `window`, in order; only stretches of at least `atLeast`. */
export function gaps(window: Interval, busy: readonly Interval[], atLeast = 1): Interval[] {
  const free: Interval[] = [];
  let from = window.start;
  for (const { start, end } of union(busy)) {
    if (end <= window.start || start >= window.end) continue;
    free.push({ start: from, end: start });
    from = end;
  }
  free.push({ start: from, end: window.end });
  return free.filter(({ start, end }) => end - start >= Math.max(atLeast, 1));
}
