/** Whether a version such as `1.4.18` or `1.0.0-rc.1` is `least` or newer. What is no version is taken for the newest. */
export function atLeast(version: string, least: string): boolean {
  const have = numbersOf(version);
  const need = numbersOf(least);
  for (const [i, wanted] of need.entries()) {
    const found = have[i] ?? 0;
    if (found !== wanted) return found > wanted;
  }
  return true;
}

function numbersOf(version: string): number[] {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  return match === null ? [Number.MAX_SAFE_INTEGER] : match.slice(1).map(Number);
}
