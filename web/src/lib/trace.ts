/**
 * The page's part of a run's trace: a trace id of its own making, and how long ago a person asked for it. The page sends no
 * spans; from the age the API knows when the click was without comparing clocks.
 */

/** Longer ago it was something else that the person did: this request was made by a timer. Milliseconds. */
const RECENT_MS = 5_000;

/** `performance.now()` of the newest click or Enter. */
let actedAt = Number.NEGATIVE_INFINITY;

function onAction(event: Event): void {
  const starts = event.type === 'click' || (event instanceof KeyboardEvent && event.key === 'Enter');
  if (starts) actedAt = performance.now();
}
for (const type of ['click', 'keydown']) addEventListener(type, onAction, { capture: true, passive: true });

/** To be called when a request is wanted; the answer gives its headers when it is sent, which may be later. */
export function traceOfRequest(): () => Record<string, string> {
  const asked = actedAt;
  const recent = performance.now() - asked <= RECENT_MS;
  return () => ({
    'x-cloud-trace-context': `${hex(16)}/${BigInt(`0x${hex(6)}`) || 1n};o=1`,
    ...(recent ? { 'x-longrun-click-age': Math.max(0, performance.now() - asked).toFixed(1) } : {}),
  });
}

function hex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
