import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { CODE } from './local-modules.ts';

/** A file that is larger is copied only when a module names it. Bytes. */
const MAX_FILE = 5_000_000;
/** Of all together. Bytes. */
const MAX_ALL = 100_000_000;
const ASSET_URL = /new URL\(\s*(['"`])([^'"`$]+)\1\s*,\s*import\.meta\.url\s*\)/g;
const BESIDE = /\b(import\.meta\.(dirname|url)|__dirname|process\.cwd\(\))/;
/** What describes a project rather than belongs to it, and what may be secret. */
const NOT_DATA =
  /(?:^|[\\/])(?:node_modules[\\/]|\.|(?:package|langgraph|tsconfig[\w.-]*|package-lock)\.json$|(?:yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)$)/;

export interface DataFiles {
  files: string[];
  warnings: string[];
}

/**
 * What the modules may read where they run: the files besides code that git tracks in their packages, and what they name by
 * `new URL('file', import.meta.url)`. Nothing else, since a folder that people work in holds secrets.
 */
export function dataFiles(packages: string[], modules: string[], root: string): DataFiles {
  const warnings: string[] = [];
  const named = modules.flatMap((module) => namedIn(module, warnings, root));
  const found = new Set(named);
  for (const folder of packages) {
    const tracked = trackedIn(folder);
    if (tracked === undefined) {
      if (modules.some((module) => BESIDE.test(readFileSync(module, 'utf8')))) {
        warnings.push(
          `${folder} is not in a git repository: of the files that its modules read, only those are deployed that they name by new URL('file', import.meta.url).`,
        );
      }
      continue;
    }
    for (const file of tracked) {
      const path = join(folder, file);
      if (CODE.test(file) || NOT_DATA.test(file) || found.has(path)) continue;
      const size = statSync(path, { throwIfNoEntry: false });
      if (size?.isFile() !== true) continue;
      if (size.size <= MAX_FILE) found.add(path);
      else warnings.push(`${relative(root, path)} is not deployed: it is larger than ${MAX_FILE / 1e6} MB.`);
    }
  }
  const files = [...found].sort();
  const all = files.reduce((sum, file) => sum + statSync(file).size, 0);
  if (all > MAX_ALL) {
    throw new Error(
      `The project's files besides code have ${Math.round(all / 1e6)} MB, more than the ${MAX_ALL / 1e6} MB that can be deployed. Keep large ones in a bucket, or out of git.`,
    );
  }
  return { files, warnings };
}

function namedIn(module: string, warnings: string[], root: string): string[] {
  return [...readFileSync(module, 'utf8').matchAll(ASSET_URL)].flatMap(([, , name = '']) => {
    const file = resolve(dirname(module), name);
    const inside = relative(root, file);
    const place = relative(root, module);
    if (!existsSync(file)) {
      warnings.push(`${place} names ${name}, which does not exist here.`);
    } else if (inside.startsWith('..')) {
      warnings.push(`${place} names ${name}, which is outside of the project and is not deployed.`);
    } else if (CODE.test(file)) {
      warnings.push(`${place} names the module ${name} without importing it: it is not deployed.`);
    } else return filesAt(file);
    return [];
  });
}

/** The file itself, or all below the folder. */
function filesAt(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NOT_DATA.test(relative(path, join(entry.parentPath, entry.name))))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Undefined outside of a repository. */
function trackedIn(folder: string): string[] | undefined {
  const { status, stdout } = spawnSync('git', ['ls-files', '-z'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  if (status !== 0) return undefined;
  return stdout
    .split('\0')
    .filter((file) => file !== '')
    .map((file) => file.split('/').join(sep));
}
