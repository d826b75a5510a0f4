/** One bucket: objects by name, changed one at a time, so that a precondition holds until the write is done. */
import { check, type Conditions } from './conditions.ts';
import { invalid, notFound, StorageApiError } from './errors.ts';
import type { Folder } from './folder.ts';
import { checkName } from './names.ts';
import { checksumsOf, withSettings, type Checksums, type Settable, type StoredObject } from './object.ts';

export interface Upload {
  name: string;
  settings: Settable;
  content: Buffer;
  /** What the client says the content's are. */
  expected: Partial<Checksums>;
  conditions: Conditions;
}

export class Bucket {
  readonly #folder: Folder;
  readonly #objects: Map<string, StoredObject>;
  readonly #now: () => number;
  #last = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(folder: Folder, objects: StoredObject[], now: () => number) {
    this.#folder = folder;
    this.#objects = new Map(objects.map((object) => [object.name, object]));
    this.#now = now;
    for (const { generation } of objects) this.#last = Math.max(this.#last, Number(generation));
  }

  static async open(folder: Folder, now: () => number): Promise<Bucket> {
    return new Bucket(folder, await folder.open(), now);
  }

  /** Undefined when there is none, or it has another generation. */
  find(name: string, generation?: string): StoredObject | undefined {
    const object = this.#objects.get(name);
    return generation === undefined || object?.generation === generation ? object : undefined;
  }

  require(name: string, generation?: string): StoredObject {
    const object = this.find(name, generation);
    if (object === undefined) throw notFound(name);
    return object;
  }

  /** In the order of their names' UTF-8 bytes. */
  list(): StoredObject[] {
    return [...this.#objects.values()].sort((a, b) =>
      Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
    );
  }

  async read(name: string, generation?: string): Promise<{ object: StoredObject; content: Buffer }> {
    // In its turn, so that the content is the one that the metadata describes.
    return await this.#inTurn(async () => {
      const object = this.require(name, generation);
      return { object, content: await this.#folder.read(name) };
    });
  }

  async upload({ name, settings, content, expected, conditions }: Upload): Promise<StoredObject> {
    checkName(name);
    const sums = checksumsOf(content);
    for (const key of ['md5Hash', 'crc32c'] as const) {
      const said = expected[key];
      if (said !== undefined && said !== sums[key]) {
        throw invalid(`Provided ${key} "${said}" doesn't match calculated ${key} "${sums[key]}".`);
      }
    }
    return await this.#inTurn(async () => {
      check(conditions, this.find(name));
      return await this.#put(name, settings, content, sums);
    });
  }

  async update(
    name: string,
    settings: Settable,
    conditions: Conditions,
    generation?: string,
  ): Promise<StoredObject> {
    return await this.#inTurn(async () => {
      const before = this.require(name, generation);
      check(conditions, before);
      const updated = new Date(this.#now()).toISOString();
      const after = { ...withSettings(before, settings), metageneration: before.metageneration + 1, updated };
      await this.#folder.writeMetadata(after);
      this.#objects.set(name, after);
      return after;
    });
  }

  async delete(name: string, conditions: Conditions, generation?: string): Promise<void> {
    await this.#inTurn(async () => {
      check(conditions, this.require(name, generation));
      await this.#folder.delete(name);
      this.#objects.delete(name);
    });
  }

  /** `settings` replaces the source's, when there is any. */
  async copy(
    from: { name: string; generation?: string | undefined; conditions: Conditions },
    to: { name: string; settings: Settable | undefined; conditions: Conditions },
  ): Promise<StoredObject> {
    checkName(to.name);
    return await this.#inTurn(async () => {
      const source = this.require(from.name, from.generation);
      check(from.conditions, source);
      check(to.conditions, this.find(to.name));
      const content = await this.#folder.read(from.name);
      const { md5Hash, crc32c } = source;
      return await this.#put(to.name, to.settings ?? source, content, { md5Hash, crc32c });
    });
  }

  async #put(name: string, settings: Settable, content: Buffer, sums: Checksums): Promise<StoredObject> {
    // Microseconds, as Cloud Storage has them, and never the same twice.
    this.#last = Math.max(this.#last + 1, this.#now() * 1_000);
    const at = new Date(this.#now()).toISOString();
    const blank: StoredObject = {
      name,
      generation: String(this.#last),
      metageneration: 1,
      size: content.length,
      ...sums,
      timeCreated: at,
      updated: at,
      contentType: 'application/octet-stream',
    };
    const object = withSettings(blank, settings);
    try {
      await this.#folder.write(object, content);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (!['ENOTDIR', 'EEXIST', 'EISDIR'].includes(code)) throw error;
      throw new StorageApiError(
        409,
        'conflict',
        `"${name}": this bucket is a folder, which cannot hold an object and others below its name.`,
      );
    }
    this.#objects.set(name, object);
    return object;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
