import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What tsx would take with the folder as its working directory: its own, or the nearest above. */
export function tsconfigOf(folder: string): string | undefined {
  return nearest(folder, ['tsconfig.json']);
}

/** Says which versions of packages the project has. */
export function lockfileOf(folder: string): string | undefined {
  return nearest(folder, ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb']);
}

function nearest(folder: string, names: string[]): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const found = names.map((name) => join(at, name)).find((path) => existsSync(path));
    if (found !== undefined || dirname(at) === at) return found;
  }
}
