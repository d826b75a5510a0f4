import type { Quantiles } from '@longrun/shared';

/** By the nearest rank: a value that was really measured. Null for no values; milliseconds. */
export function quantilesOf(values: readonly number[]): Quantiles | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { count: sorted.length, p50_ms: at(0.5), p95_ms: at(0.95) };
}
