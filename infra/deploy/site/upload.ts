import { Storage, type Bucket } from '@google-cloud/storage';
import { eachOf } from './pool.ts';
import { ASSETS, type PageFile } from './page-files.ts';

/** Enough to hide latency; each holds its file in memory. */
const AT_ONCE = 16;
const PRECONDITION_FAILED = 412;

/** What of an object decides whether it must be uploaded again. */
interface Known {
  generation: string;
  md5Hash: string;
  contentType: string;
  cacheControl: string;
}

export interface Uploaded {
  uploaded: string[];
  /** Only their type or caching rule was wrong. */
  corrected: string[];
  unchanged: number;
}

/** The site's bucket, by the account of this machine. STORAGE_EMULATOR_HOST names another server than Google's. */
export function openBucket(project: string, bucket: string): Bucket {
  // Each write has a precondition, so the client may repeat it.
  return new Storage({ projectId: project, retryOptions: { maxRetries: 5, totalTimeout: 120 } }).bucket(
    bucket,
  );
}

/**
 * Brings the files into the bucket and deletes nothing: pages that are open still ask for the assets of their version. What is
 * there already is left alone. An asset's name says its content, so one that differs is an error.
 */
export async function upload(bucket: Bucket, files: readonly PageFile[]): Promise<Uploaded> {
  const known = await knownObjects(bucket);
  const result: Uploaded = { uploaded: [], corrected: [], unchanged: 0 };
  await eachOf(files, AT_ONCE, async (file) => {
    const there = known.get(file.name);
    if (there?.md5Hash !== file.md5Hash) {
      if (there !== undefined && file.name.startsWith(ASSETS)) {
        throw new Error(
          `${file.name} is in the bucket with other content: a cached copy of it would be wrong for a year.`,
        );
      }
      await put(bucket, file, there?.generation ?? '0');
      result.uploaded.push(file.name);
    } else if (there.contentType !== file.contentType || there.cacheControl !== file.cacheControl) {
      const { contentType, cacheControl } = file;
      await bucket.file(file.name).setMetadata({ contentType, cacheControl });
      result.corrected.push(file.name);
    } else {
      result.unchanged += 1;
    }
  });
  return result;
}

/**
 * Writes one object. `generation`: of the object it replaces, '0' for none. Throws when another deploy was there in between, unless it
 * wrote the same.
 */
export async function put(bucket: Bucket, file: PageFile, generation: string): Promise<void> {
  const object = bucket.file(file.name);
  const { contentType, cacheControl, content, md5Hash } = file;
  try {
    await object.save(content, {
      resumable: false,
      validation: 'md5',
      metadata: { contentType, cacheControl, md5Hash },
      preconditionOpts: { ifGenerationMatch: generation },
    });
  } catch (error) {
    if (codeOf(error) !== PRECONDITION_FAILED) throw error;
    // The answer to an earlier try may have been lost.
    const [metadata] = await object.getMetadata();
    if (metadata.md5Hash === md5Hash) return;
    throw new Error(`${file.name} was changed by another deploy meanwhile; run this one again.`, {
      cause: error,
    });
  }
}

export const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

async function knownObjects(bucket: Bucket): Promise<Map<string, Known>> {
  const [files] = await bucket.getFiles();
  return new Map(
    files.map(({ name, metadata }) => [
      name,
      {
        generation: String(metadata.generation ?? ''),
        md5Hash: metadata.md5Hash ?? '',
        contentType: metadata.contentType ?? '',
        cacheControl: metadata.cacheControl ?? '',
      },
    ]),
  );
}
