import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { projectsFolder } from '../install.ts';

/** The file in which nodes note what they do, outside of every project. */
export class Effects {
  static #made = 0;
  readonly file = join(projectsFolder(), `effects-${process.pid}-${(Effects.#made += 1)}.txt`);

  async of(key: string): Promise<string[]> {
    const text = await readFile(this.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    return text
      .split('\n')
      .filter((line) => line.startsWith(`${key} `))
      .map((line) => line.slice(key.length + 1));
  }

  remove(): Promise<void> {
    return rm(this.file, { force: true });
  }
}
