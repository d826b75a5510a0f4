import type { Bucket, File } from '@google-cloud/storage';
import { ASSETS, namesIn, PAGE } from './page-files.ts';
import { eachOf } from './pool.ts';
import { releases, type Release } from './releases.ts';
import { codeOf } from './upload.ts';

const AT_ONCE = 16;

/**
 * Deletes the assets that no page needs which was live within the last `ageMs`: a page that was opened just before the
 * next release may stay open for so long. An asset that is younger is left, since its page may not be live yet. Answers the names.
 */
export async function prune(bucket: Bucket, ageMs: number, now: number): Promise<string[]> {
  const cutoff = now - ageMs;
  const [files] = await bucket.getFiles({ prefix: ASSETS });
  const history = await releases(bucket);
  const kept = stillOpen(history, cutoff);
  const names = new Set(files.map(({ name }) => name));
  const needed = await reachable(bucket, [PAGE, ...kept.map(({ name }) => name)], names);
  const old = (file: File) => Date.parse(file.metadata.timeCreated ?? '') < cutoff;
  const doomed = files.filter((file) => !needed.has(file.name) && old(file)).map(({ name }) => name);
  const forgotten = history.filter((release) => !kept.includes(release)).map(({ name }) => name);
  await eachOf([...doomed, ...forgotten], AT_ONCE, async (name) => {
    await bucket.file(name).delete({ ignoreNotFound: true });
  });
  return doomed.sort();
}

/** Releases that were live at some time after `cutoff`: the ones since then, and the one before. */
function stillOpen(history: readonly Release[], cutoff: number): Release[] {
  const since = history.findIndex(({ at }) => at >= cutoff);
  return history.slice(Math.max(0, (since < 0 ? history.length : since) - 1));
}

/** Every asset that the pages name, or that one of these names in turn: chunks load chunks. */
async function reachable(bucket: Bucket, pages: string[], names: ReadonlySet<string>): Promise<Set<string>> {
  const found = new Set<string>();
  let open: string[] = [];
  const texts = await Promise.all(pages.map((page) => textOf(bucket, page)));
  const html = texts.filter((text) => text !== undefined);
  // Without a page nothing can be known to be unneeded.
  if (html.length === 0) throw new Error('There is no page in the bucket; nothing is pruned.');
  for (const text of html) open.push(...namesIn(text).filter((name) => names.has(name)));
  while (open.length > 0) {
    const next = [...new Set(open)].filter((name) => !found.has(name));
    for (const name of next) found.add(name);
    open = [];
    await eachOf(next.filter(isText), AT_ONCE, async (name) => {
      const text = (await textOf(bucket, name)) ?? '';
      // Chunks name each other by `./name` or `assets/name`: the bare name is in both.
      const words = new Set(text.match(/[\w.-]+\.\w+/g));
      for (const each of names) if (words.has(each.slice(each.lastIndexOf('/') + 1))) open.push(each);
    });
  }
  return found;
}

const isText = (name: string) => /\.(js|mjs|css)$/.test(name);

async function textOf(bucket: Bucket, name: string): Promise<string | undefined> {
  try {
    return (await bucket.file(name).download())[0].toString();
  } catch (error) {
    if (codeOf(error) === 404) return undefined;
    throw error;
  }
}
