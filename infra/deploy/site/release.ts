import type { Bucket } from '@google-cloud/storage';
import type { PageFile } from './page-files.ts';
import { goLive, livePage, noteRelease } from './releases.ts';

export interface ReleaseSteps {
  bucket: Bucket;
  purge: () => Promise<unknown>;
  /** Rejects when people would not be served well. */
  check: (html: PageFile) => Promise<unknown>;
  now: () => number;
  log: (line: string) => void;
}

/**
 * Makes a page live whose assets are there already. When it does not hold up, the page before is put back and the cache
 * emptied again, and the failure thrown: whatever happens, people are served a version that was found good.
 */
export async function release(
  html: PageFile,
  { bucket, purge, check, now, log }: ReleaseSteps,
): Promise<void> {
  const before = await livePage(bucket);
  await goLive(bucket, html, before?.generation ?? '0');
  log(before?.html.md5Hash === html.md5Hash ? 'The page is the same as before.' : 'The new page is live.');
  try {
    await purge();
    await check(html);
  } catch (error) {
    if (before === undefined)
      throw new Error('The first page failed its check; there is none to go back to.', { cause: error });
    const present = await livePage(bucket);
    // Whoever released after us has answered for it.
    if (present?.html.md5Hash === html.md5Hash) {
      await goLive(bucket, before.html, present.generation);
      log('The page before is live again.');
      await purge();
    }
    throw error;
  }
  await noteRelease(bucket, html, now());
}
