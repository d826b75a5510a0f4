import { createStore } from '../../lib/store.ts';

/** While the page is looked at. A build that did not change is answered with 304, a few hundred bytes. Milliseconds. */
const EVERY_MS = 5 * 60_000;
/** Coming back to the tab asks too, but not each time. Milliseconds. */
const AT_MOST_EVERY_MS = 30_000;

/** Whether a newer version of the page is served than the one that is open. */
export const newVersion = createStore(false);

/** What a version consists of: the addresses of the script and the style sheet that its HTML names, in order. */
export function versionOf(html: Document): string {
  const named = [
    ...[...html.querySelectorAll('script[src]')].map((script) => script.getAttribute('src')),
    ...[...html.querySelectorAll('link[rel="stylesheet"]')].map((link) => link.getAttribute('href')),
  ];
  return named.filter((address) => address?.startsWith('/assets/') === true).join(' ');
}

/** Asks from time to time which version is served, until it is another than `own`. Answers how to stop. */
export function watchVersion(own: string): () => void {
  const stopped = new AbortController();
  let askedAt = Number.NEGATIVE_INFINITY;
  const ask = async () => {
    if (document.hidden || performance.now() - askedAt < AT_MOST_EVERY_MS) return;
    askedAt = performance.now();
    const served = await servedVersion(stopped.signal);
    if (served === undefined || served === own) return;
    newVersion.set(true);
    stopped.abort();
  };
  const asked = () => void ask();
  const timer = setInterval(asked, EVERY_MS);
  stopped.signal.addEventListener('abort', () => clearInterval(timer));
  addEventListener('focus', asked, { signal: stopped.signal });
  document.addEventListener('visibilitychange', asked, { signal: stopped.signal });
  return () => stopped.abort();
}

/** Undefined when nobody can say: without a network, or when something else answers for the page. */
async function servedVersion(signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch('/index.html', { cache: 'no-cache', signal });
    if (!response.ok) return undefined;
    const version = versionOf(new DOMParser().parseFromString(await response.text(), 'text/html'));
    return version === '' ? undefined : version;
  } catch {
    // The next time may be better; meanwhile the version that is open goes on.
    return undefined;
  }
}
