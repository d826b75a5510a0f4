import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

export interface CachedFile {
  body: Buffer;
  etag: string;
  type: string;
  encoding: 'br' | 'gzip' | null;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.ico': 'image/x-icon',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
const COMPRESSIBLE = /^(text\/|application\/(json|manifest)|image\/svg)/;
/** Bytes of files that the cache holds before it forgets the oldest. */
const MAX_CACHED = 64_000_000;

/** Reads files of one folder and compresses each once per encoding. */
export class FileCache {
  readonly #folder: string;
  readonly #cached = new Map<string, CachedFile>();
  #bytes = 0;

  constructor(folder: string) {
    this.#folder = normalize(folder);
  }

  /** Null when there is no such file. `hit`: it came from the cache. */
  async get(path: string, accept: string): Promise<{ file: CachedFile; hit: boolean } | null> {
    const encoding = preferred(accept);
    const key = `${encoding ?? ''} ${path}`;
    const known = this.#cached.get(key);
    if (known !== undefined) return { file: known, hit: true };
    const body = await this.#read(path);
    if (body === null) return null;
    const file = await encode(body, path, encoding);
    this.#keep(key, file, path);
    return { file, hit: false };
  }

  /** Forgets a path, or everything below it when it ends with a star. Returns how many entries went. */
  purge(pattern: string): number {
    let purged = 0;
    for (const [key, file] of this.#cached) {
      const path = key.slice(key.indexOf(' ') + 1);
      const matches = pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
      if (!matches) continue;
      this.#cached.delete(key);
      this.#bytes -= file.body.length;
      purged += 1;
    }
    return purged;
  }

  async #read(path: string): Promise<Buffer | null> {
    const file = normalize(join(this.#folder, path));
    if (!file.startsWith(this.#folder + sep)) return null;
    try {
      return await readFile(file);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENAMETOOLONG')
        return null;
      throw error;
    }
  }

  /** Only what may be kept without asking again is kept: files whose name changes with their content. */
  #keep(key: string, file: CachedFile, path: string): void {
    if (!path.startsWith('/assets/')) return;
    this.#cached.set(key, file);
    this.#bytes += file.body.length;
    for (const [oldest, { body }] of this.#cached) {
      if (this.#bytes <= MAX_CACHED) break;
      this.#cached.delete(oldest);
      this.#bytes -= body.length;
    }
  }
}

function preferred(accept: string): 'br' | 'gzip' | null {
  const names = accept.split(',').map((part) => part.trim().split(';')[0]);
  if (names.includes('br')) return 'br';
  return names.includes('gzip') ? 'gzip' : null;
}

async function encode(body: Buffer, path: string, encoding: 'br' | 'gzip' | null): Promise<CachedFile> {
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  const used = COMPRESSIBLE.test(type) && body.length > 500 ? encoding : null;
  const etag = `"${digest}${used === null ? '' : `-${used}`}"`;
  if (used === null) return { body, etag, type, encoding: null };
  const packed =
    used === 'br'
      ? await promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
      : await promisify(gzip)(body);
  return { body: packed, etag, type, encoding: used };
}
