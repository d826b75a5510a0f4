import type { Bucket } from '@google-cloud/storage';
import { PAGE, pageFile, type PageFile } from './page-files.ts';
import { codeOf, put } from './upload.ts';

/** A copy of each page that was released, by the time of its release: to go back to, and to know what may be pruned. */
const RELEASES = '.releases/';

export interface Release {
  name: string;
  /** When it went live. Milliseconds since 1970. */
  at: number;
  md5Hash: string;
}

/** The page that is live: what a failed release puts back. Undefined before the first one. */
export async function livePage(bucket: Bucket): Promise<{ html: PageFile; generation: string } | undefined> {
  const object = bucket.file(PAGE);
  try {
    const [metadata] = await object.getMetadata();
    const generation = String(metadata.generation);
    // Of just that generation: another deploy may write at the same time.
    const [content] = await bucket.file(PAGE, { generation }).download({ validation: 'crc32c' });
    return { html: pageFile(PAGE, content), generation };
  } catch (error) {
    if (codeOf(error) === 404) return undefined;
    throw error;
  }
}

/** Makes the page live. `generation`: of the page that it replaces. */
export async function goLive(bucket: Bucket, html: PageFile, generation: string): Promise<void> {
  await put(bucket, html, generation);
}

/** Notes that the page is live since `at`. */
export async function noteRelease(bucket: Bucket, html: PageFile, at: number): Promise<void> {
  const stamp = new Date(at).toISOString().replaceAll(/[-:]/g, '').replace('.', '-');
  await put(bucket, { ...html, name: `${RELEASES}${stamp}.html` }, '0');
}

/** Oldest first. */
export async function releases(bucket: Bucket): Promise<Release[]> {
  const [files] = await bucket.getFiles({ prefix: RELEASES });
  return files
    .map(({ name, metadata }) => ({ name, at: timeOf(name), md5Hash: metadata.md5Hash ?? '' }))
    .filter(({ at }) => !Number.isNaN(at))
    .sort((a, b) => a.at - b.at);
}

/** The page of a release, under the name by which it is live. */
export async function pageOf(bucket: Bucket, release: Release): Promise<PageFile> {
  const [content] = await bucket.file(release.name).download({ validation: 'crc32c' });
  return pageFile(PAGE, content);
}

/** `.releases/20261121T104215-123Z.html` */
function timeOf(name: string): number {
  const [, y, mo, d, h, mi, s, ms] =
    /^\.releases\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)-(\d{3})Z\.html$/.exec(name) ?? [];
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`);
}
