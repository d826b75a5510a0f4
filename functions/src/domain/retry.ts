const BASE_MS = 1_000;
const MAX_MS = 60_000;

/**
 * Full-jitter backoff: a random time up to 1 s doubled per failure, at most a minute, never below half a second.
 * `random` in [0, 1). Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
 */
export function backoffMs(failures: number, random: number): number {
  const ceiling = Math.min(MAX_MS, BASE_MS * 2 ** Math.max(0, failures - 1));
  return Math.max(500, Math.floor(random * ceiling));
}
