import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { unlessMissing } from '../../lib/unless-missing.ts';
import { inProject, type Project } from '../config.ts';
import { lockfileOf, tsconfigOf } from '../project-files.ts';
import { descriptionsSchema, type Descriptions } from './description.ts';

/** What was found out about this version of the project's code, or nothing. */
export class KeptDescriptions {
  readonly #project: Project;
  readonly #path: string;
  #read: { mtimeMs: number; found: Descriptions } | undefined;

  constructor(project: Project, path: string) {
    this.#project = project;
    this.#path = path;
  }

  /** Reads the file again when another process has written it. */
  async read(): Promise<Descriptions> {
    const found = await unlessMissing(stat(this.#path));
    if (found === undefined) return await this.#empty();
    if (this.#read?.mtimeMs === found.mtimeMs) return this.#read.found;
    const kept = await this.#valid(await readDescriptions(this.#path));
    this.#read = { mtimeMs: found.mtimeMs, found: kept ?? (await this.#empty()) };
    return this.#read.found;
  }

  async write(descriptions: Descriptions): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    const made = `${this.#path}.${process.pid}`;
    await writeFile(made, JSON.stringify(descriptions));
    await rename(made, this.#path);
  }

  hash(file: string): Promise<string> {
    return hashOf(resolve(this.#project.folder, file));
  }

  async #empty(): Promise<Descriptions> {
    const files = await Promise.all(
      this.#fixed().map(async (file) => [file, await this.hash(file)] as const),
    );
    return { format: 2, files: Object.fromEntries(files), graphs: {} };
  }

  /** What decides how the project is loaded, beside the modules themselves. */
  #fixed(): string[] {
    const { file, envFile, folder } = this.#project;
    return [file, envFile, tsconfigOf(folder), lockfileOf(folder)].flatMap((path) =>
      path === undefined ? [] : [inProject(folder, path)],
    );
  }

  async #valid(kept: Descriptions | undefined): Promise<Descriptions | undefined> {
    if (kept === undefined || this.#fixed().some((file) => !(file in kept.files))) return undefined;
    const same = await Promise.all(
      Object.entries(kept.files).map(async ([file, hash]) => (await this.hash(file)) === hash),
    );
    return same.every(Boolean) ? kept : undefined;
  }
}

/** Undefined where there is none, or none that this version can read. */
export async function readDescriptions(path: string): Promise<Descriptions | undefined> {
  const text = await unlessMissing(readFile(path, 'utf8'));
  if (text === undefined) return undefined;
  try {
    return descriptionsSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function hashOf(path: string): Promise<string> {
  const content = await unlessMissing(readFile(path));
  return content === undefined ? '' : createHash('sha256').update(content).digest('base64url').slice(0, 22);
}
