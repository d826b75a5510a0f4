/**
 * The bucket: a folder of files, seen as objects with a content type, a cache rule and an entity tag. A folder that
 * infra/local/storage writes says these itself; for any other one infra/edge does.
 */
import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { contentType } from '../../edge/content-types.ts';
import { cacheControl } from '../../edge/headers.ts';
import { metadataFile, readMetadata } from '../storage/folder.ts';
import { isMissing, unlessMissing } from '../storage/unless-missing.ts';

/** The object for "/" and for a folder. */
const MAIN_PAGE = 'index.html';

interface StoredObject {
  contentType: string;
  cacheControl: string;
  /** Hash of the content, without quotes. */
  hash: string;
  body: Buffer;
}

export interface Origin {
  /** Changes whenever the object does; undefined when there is none. */
  version(path: string): Promise<string | undefined>;
  /** Undefined when there is no such object. `path` is decoded and begins with "/". */
  read(path: string): Promise<StoredObject | undefined>;
}

/** Rejects on a disk error, never for a missing file. */
export function createOrigin(folder: string): Origin {
  return {
    async version(path) {
      const file = await locate(folder, path);
      if (file === undefined) return undefined;
      const meta = await unlessMissing(stat(join(folder, metadataFile(objectName(path).slice(1)))));
      return `${file.mtimeMs}-${file.size}-${meta?.mtimeMs ?? 0}`;
    },
    async read(path) {
      const object = objectName(path);
      const file = await locate(folder, path);
      if (file === undefined) return undefined;
      const body = await readFile(file.path);
      const said = await readMetadata(folder, object.slice(1));
      // A file that was changed by hand is no longer what its metadata describes.
      const known = said?.md5Hash === createHash('md5').update(body).digest('base64') ? said : undefined;
      return {
        contentType: known?.contentType ?? contentType(object),
        // Without a rule Cloud Storage says this of what not everybody may read.
        cacheControl:
          known === undefined ? cacheControl(object) : (known.cacheControl ?? 'private, max-age=0'),
        hash: hashOf(body),
        body,
      };
    },
  };
}

function hashOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 27);
}

function objectName(path: string): string {
  return path.endsWith('/') ? path + MAIN_PAGE : path;
}

/** Finds a file inside the folder, links followed; what a link leads out of the folder to is not there, nor are dot files. */
async function locate(
  folder: string,
  path: string,
): Promise<{ path: string; mtimeMs: number; size: number } | undefined> {
  const parts = objectName(path).slice(1).split('/');
  if (parts.some((part) => part === '' || part.startsWith('.') || /[\\\0:]/.test(part))) return undefined;
  try {
    const [root, real] = await Promise.all([realpath(folder), realpath(join(folder, ...parts))]);
    if (!real.startsWith(root + sep)) return undefined;
    const info = await stat(real);
    return info.isFile() ? { path: real, mtimeMs: info.mtimeMs, size: info.size } : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
