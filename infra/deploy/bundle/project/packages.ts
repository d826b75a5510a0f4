import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { lockfileOf } from '../../../../functions/src/project/project-files.ts';
import { pruneLock, resolvePackage, type LockedPackages } from '../lock-tree.ts';
import { manifestIn, packageOf, type Manifest, type SourcePackage } from './package-of.ts';

export interface ProjectPackages {
  /** Exact versions where a registry has them. */
  dependencies: Record<string, string>;
  overrides: Record<string, unknown>;
  /** Those of the project's own lockfile; undefined: npm chooses what the dependencies need in turn. */
  locked: LockedPackages | undefined;
  /** How Google's buildpack installs them. */
  install: string;
  warnings: string[];
}

export interface PackagesOptions {
  folder: string;
  sources: SourcePackage[];
  /** Name of an imported package -> a file that imports it. */
  imported: ReadonlyMap<string, string>;
}

interface Wanted {
  /** Folder of the package that asks. */
  from: string;
  names: string[];
}

/** The packages of a project in the versions that it has them, by its lockfile or else by what is installed. */
export function packagesOf({ folder, sources, imported }: PackagesOptions): ProjectPackages {
  const wanted = sources.map(({ folder: from, manifest }) => ({
    from,
    names: namesOf(from, manifest, imported, folder),
  }));
  const specs = Object.assign({}, ...sources.map(({ manifest }) => manifest.dependencies)) as Record<
    string,
    string
  >;
  const lockfile = lockfileOf(folder);
  const locked =
    lockfile !== undefined && basename(lockfile) === 'package-lock.json'
      ? lockedPackages(lockfile)
      : undefined;
  if (lockfile !== undefined && locked !== undefined) {
    return fromLock(dirname(lockfile), locked, wanted, specs);
  }
  return fromInstalled(lockfile, folder, wanted, specs);
}

/** What a package declares, but for what is a part of the same workspace, and what its modules import besides. */
function namesOf(
  from: string,
  manifest: Manifest,
  imported: ReadonlyMap<string, string>,
  folder: string,
): string[] {
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter(
    (name) => manifest.peerDependenciesMeta?.[name]?.optional !== true,
  );
  const declared = [...Object.keys(manifest.dependencies ?? {}), ...peers].filter(
    (name) => !isLocal(from, name),
  );
  // A package for another machine, or one that could not be built, is missing here and would be there.
  const optional = Object.keys(manifest.optionalDependencies ?? {}).filter(
    (name) => installedIn(from, name) !== undefined && !isLocal(from, name),
  );
  const used = [...imported].filter(([, file]) => packageOf(dirname(file), folder).folder === from);
  return [...new Set([...declared, ...optional, ...used.map(([name]) => name)])].sort();
}

function lockedPackages(lockfile: string): LockedPackages | undefined {
  const { packages } = JSON.parse(readFileSync(lockfile, 'utf8')) as { packages?: LockedPackages };
  return packages;
}

function fromLock(
  lockFolder: string,
  all: LockedPackages,
  wanted: Wanted[],
  specs: Record<string, string>,
): ProjectPackages {
  const asked = wanted.map(({ from, names }) => ({
    from: relative(lockFolder, from).split(sep).join('/'),
    names,
  }));
  const locked = pruneLock(all, asked, { keepAddresses: true });
  const dependencies: Record<string, string> = {};
  for (const { from, names } of asked) {
    for (const name of names) {
      const version = all[resolvePackage(all, from, name) ?? '']?.version ?? '*';
      dependencies[name] ??= exact(specs[name], version);
    }
  }
  const overrides = manifestIn(lockFolder)?.overrides ?? {};
  return { dependencies, overrides, locked, install: 'npm ci --omit=dev', warnings: [] };
}

function fromInstalled(
  lockfile: string | undefined,
  folder: string,
  wanted: Wanted[],
  specs: Record<string, string>,
): ProjectPackages {
  const dependencies: Record<string, string> = {};
  for (const { from, names } of wanted) {
    for (const name of names) {
      const version = installedIn(from, name)?.manifest.version;
      if (version === undefined) {
        throw new Error(
          `${name} is not installed in ${from}: install the project's packages into node_modules.`,
        );
      }
      dependencies[name] ??= exact(specs[name], version);
    }
  }
  const which =
    lockfile === undefined
      ? 'There is no package-lock.json'
      : `${basename(lockfile)} is not one that npm reads`;
  // Yarn minds peers no more than this.
  const peers = lockfile !== undefined && basename(lockfile) === 'yarn.lock' ? ' --legacy-peer-deps' : '';
  return {
    dependencies,
    overrides: manifestIn(folder)?.overrides ?? {},
    locked: undefined,
    install: `npm install --omit=dev --no-package-lock${peers}`,
    warnings:
      Object.keys(dependencies).length === 0
        ? []
        : [
            `${which}: the packages that the project names are deployed in the versions that are installed here; what those need in turn, npm chooses at each deploy. \`npm install --package-lock-only\` makes a package-lock.json.`,
          ],
  };
}

/** Of a package that no registry has, or another name stands for, what the project says. */
function exact(spec: string | undefined, version: string): string {
  if (spec === undefined) return version;
  const alias = /^(npm:@?[^@]+)/.exec(spec)?.[1];
  if (alias !== undefined) return `${alias}@${version}`;
  return /[:/]/.test(spec) && !spec.startsWith('workspace:') ? spec : version;
}

function isLocal(from: string, name: string): boolean {
  const found = installedIn(from, name);
  return found !== undefined && !found.folder.includes(`${sep}node_modules${sep}`);
}

/** Where Node finds a package from there, links followed. */
function installedIn(from: string, name: string): SourcePackage | undefined {
  for (let at = from; ; at = dirname(at)) {
    const path = join(at, 'node_modules', name);
    if (existsSync(path)) {
      const folder = realpathSync(path);
      return { folder, manifest: manifestIn(folder) ?? {} };
    }
    if (dirname(at) === at) return undefined;
  }
}
