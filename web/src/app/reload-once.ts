const KEY = 'longrun:reloaded';
/** A second failure within this time is not a stale page: reloading again would loop. Milliseconds. */
const AGAIN_MS = 60_000;

/**
 * After a deploy an open page may ask for a chunk that is gone. It is then loaded anew, once; Vite tells it by an
 * event. When that does not help, the error boundary says what is wrong.
 */
export function reloadOnceOnStaleChunk(): void {
  addEventListener('vite:preloadError', (event) => {
    // Without a network the page itself could not be loaded either.
    if (!navigator.onLine) return;
    const last = lastReload();
    if (last === null || Date.now() - last < AGAIN_MS) return;
    event.preventDefault();
    location.reload();
  });
}

/** When this tab was last reloaded for this, 0 if never; null where that cannot be remembered. */
function lastReload(): number | null {
  try {
    const last = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - last >= AGAIN_MS) sessionStorage.setItem(KEY, String(Date.now()));
    return last;
  } catch {
    // Storage is refused: without a memory a reload could loop.
    return null;
  }
}
