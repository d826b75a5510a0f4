/**
 * Objects as files of a folder, each with its metadata in a file of its own beside them (`.objects/HASH.json`), so that the
 * local edge serves them and a person can look at them. A write is durable when it returns: new metadata is written
 * first, under another name; then the content takes its place, then the metadata. What a crash leaves in between is
 * completed or undone at the next start.
 */
import { createHash, randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { OWN_FOLDER } from './names.ts';
import { checksumsOf, storedSchema, type StoredObject } from './object.ts';
import { unlessMissing } from './unless-missing.ts';

const NEXT = '.next';

/** Where the metadata of an object lies, below the folder. */
export function metadataFile(name: string): string {
  return join(OWN_FOLDER, `${createHash('sha256').update(name).digest('hex')}.json`);
}

/** Undefined when there is none, or it cannot be read: then nobody knows more than the file itself. */
export async function readMetadata(folder: string, name: string): Promise<StoredObject | undefined> {
  return await parse(join(folder, metadataFile(name)));
}

export class Folder {
  readonly #root: string;

  constructor(root: string) {
    this.#root = resolve(root);
  }

  /** Everything that is there, after what a crash left was set right. */
  async open(): Promise<StoredObject[]> {
    const own = join(this.#root, OWN_FOLDER);
    await rm(join(own, 'uploads'), { recursive: true, force: true });
    await mkdir(join(own, 'uploads'), { recursive: true });
    const files = await readdir(own);
    for (const file of files.filter((each) => each.endsWith(NEXT))) await this.#finish(join(own, file));
    const objects: StoredObject[] = [];
    for (const file of await readdir(own)) {
      if (!file.endsWith('.json')) continue;
      const object = await parse(join(own, file));
      const content = object && (await unlessMissing(stat(this.#path(object.name))));
      if (object !== undefined && content?.isFile() === true) objects.push(object);
      else await rm(join(own, file), { force: true });
    }
    return objects;
  }

  async read(name: string): Promise<Buffer> {
    await this.#refuseLinks(name);
    return await readFile(this.#path(name));
  }

  /** Rejects with ENOTDIR, EEXIST or EISDIR when another object's name is a part of this one, or this one of it. */
  async write(object: StoredObject, content: Buffer): Promise<void> {
    const path = this.#path(object.name);
    await this.#refuseLinks(object.name);
    const meta = join(this.#root, metadataFile(object.name));
    const staged = join(this.#root, OWN_FOLDER, 'uploads', randomUUID());
    const made = await mkdir(dirname(path), { recursive: true });
    const there = await unlessMissing(stat(path));
    if (there?.isDirectory() === true)
      throw Object.assign(new Error(`${path} is a folder.`), { code: 'EISDIR' });
    await writeDurably(staged, content);
    await writeDurably(meta + NEXT, Buffer.from(JSON.stringify(object)));
    await rename(staged, path);
    await rename(meta + NEXT, meta);
    await this.#sync(dirname(path), dirname(meta), ...(made === undefined ? [] : [dirname(made)]));
  }

  async writeMetadata(object: StoredObject): Promise<void> {
    const meta = join(this.#root, metadataFile(object.name));
    const staged = join(this.#root, OWN_FOLDER, 'uploads', randomUUID());
    await writeDurably(staged, Buffer.from(JSON.stringify(object)));
    await rename(staged, meta);
    await this.#sync(dirname(meta));
  }

  async delete(name: string): Promise<void> {
    const path = this.#path(name);
    await this.#refuseLinks(name);
    const meta = join(this.#root, metadataFile(name));
    await rm(path, { force: true });
    await this.#sync(dirname(path));
    await rm(meta, { force: true });
    await this.#sync(dirname(meta));
    for (let folder = dirname(path); folder !== this.#root; folder = dirname(folder)) {
      try {
        await rmdir(folder);
      } catch {
        return; // another object is in it
      }
    }
  }

  /** Metadata was written for content that may or may not have taken its place. */
  async #finish(next: string): Promise<void> {
    const object = await parse(next);
    const content = object && (await unlessMissing(readFile(this.#path(object.name))));
    const done = content !== undefined && checksumsOf(content).md5Hash === object?.md5Hash;
    if (done) await rename(next, next.slice(0, -NEXT.length));
    else await rm(next, { force: true });
  }

  /** Someone may have laid a link into the folder: what it names is not the bucket's. Rejects with ENOTDIR as for a file. */
  async #refuseLinks(name: string): Promise<void> {
    let path = this.#root;
    for (const part of name.split('/')) {
      path = join(path, part);
      const there = await unlessMissing(lstat(path));
      if (there === undefined) return;
      if (there.isSymbolicLink())
        throw Object.assign(new Error(`${path} is a symbolic link.`), { code: 'ENOTDIR' });
    }
  }

  #path(name: string): string {
    const path = join(this.#root, ...name.split('/'));
    if (!path.startsWith(this.#root + sep)) throw new Error(`${name} leads out of the folder.`);
    return path;
  }

  async #sync(...folders: string[]): Promise<void> {
    for (const folder of new Set(folders)) {
      const handle = await open(folder, 'r');
      await handle.sync();
      await handle.close();
    }
  }
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function parse(file: string): Promise<StoredObject | undefined> {
  try {
    const parsed = storedSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (error instanceof SyntaxError || code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
