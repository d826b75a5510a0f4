/**
 * A lockfile of its own for a part of a workspace: from npm's lockfile (version 3, docs.npmjs.com "package-lock-json")
 * the packages that some of its packages need, laid out anew as npm would install them. Nothing is asked of a registry,
 * so what is deployed is what was tested.
 */
export interface LockedPackage {
  version?: string;
  resolved?: string;
  link?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  [field: string]: unknown;
}

/** Path below the root (`node_modules/a/node_modules/b`) -> package. */
export type LockedPackages = Record<string, LockedPackage>;

interface Placed {
  /** Path in the lockfile that is read. */
  from: string;
  /** Path in the lockfile that is made. */
  to: string;
}

/** Where Node finds `name` when a package at `from` asks for it; undefined when nowhere. */
export function resolvePackage(packages: LockedPackages, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = parentOf(folder)) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (folder === '') return undefined;
  }
}

/** Who asks for packages: a part of the workspace by its path (`functions`), and their names. */
export interface Asked {
  from: string;
  names: readonly string[];
}

/**
 * @param keepAddresses whether it matters from where a package comes
 * @throws Error naming what is not locked
 */
export function pruneLock(
  packages: LockedPackages,
  asked: readonly Asked[],
  { keepAddresses = false } = {},
): LockedPackages {
  const tree = new Map<string, string>();
  const required = new Set<string>();
  const queue: Placed[] = [];

  const versionOf = (path = '') => packages[path]?.version ?? '?';
  const place = (name: string, source: string, to: string): void => {
    const wanted = resolvePackage(packages, source, name);
    if (wanted === undefined) throw new Error(`${name} is not in package-lock.json: run npm install.`);
    if (packages[wanted]?.link === true)
      throw new Error(`${name} is a part of this repository, not a package.`);
    const there = visible(tree, to, name);
    if (there !== undefined && tree.get(there) === wanted) return;
    if (there !== undefined && to === '') {
      throw new Error(
        `Parts of the workspace ask for ${name} in two versions, ${versionOf(tree.get(there))} and ${versionOf(wanted)}: let them ask for one.`,
      );
    }
    const path = there === undefined ? `node_modules/${name}` : `${to}/node_modules/${name}`;
    tree.set(path, wanted);
    queue.push({ from: wanted, to: path });
  };

  for (const { from, names } of asked) for (const name of [...names].sort()) place(name, from, '');
  // All that one package needs is placed before what those need in turn: so nothing that was found before is hidden later.
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const { name, optional } of needs(packages[next.from] ?? {})) {
      if (optional && resolvePackage(packages, next.from, name) === undefined) continue;
      place(name, next.from, next.to);
    }
  }
  const require = (path: string): void => {
    if (required.has(path)) return;
    required.add(path);
    for (const { name, optional } of needs(packages[tree.get(path) ?? ''] ?? {})) {
      const found = optional ? undefined : visible(tree, path, name);
      if (found !== undefined) require(found);
    }
  };
  for (const { names } of asked) for (const name of names) require(`node_modules/${name}`);
  return Object.fromEntries(
    [...tree]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, source]) => [path, entry(packages[source] ?? {}, required.has(path), keepAddresses)]),
  );
}

function visible(tree: Map<string, string>, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = parentOf(folder)) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (tree.has(path)) return path;
    if (folder === '') return undefined;
  }
}

/** `node_modules/a/node_modules/b` -> `node_modules/a` -> ''; `functions` -> ''. */
function parentOf(path: string): string {
  const at = path.lastIndexOf('/node_modules/');
  return at < 0 ? '' : path.slice(0, at);
}

/** As npm installs them: peers too, unless they are optional. */
function needs(found: LockedPackage): { name: string; optional: boolean }[] {
  const optional = found.optionalDependencies ?? {};
  const peers = Object.keys(found.peerDependencies ?? {}).filter(
    (name) => found.peerDependenciesMeta?.[name]?.optional !== true,
  );
  const names = new Set([...Object.keys(found.dependencies ?? {}), ...peers, ...Object.keys(optional)]);
  return [...names].map((name) => ({ name, optional: name in optional }));
}

/** Without what was only true of its place in the whole repository. */
function entry(found: LockedPackage, isRequired: boolean, keepAddresses: boolean): LockedPackage {
  const { dev: _dev, devOptional: _devOptional, optional: _optional, peer: _peer, resolved, ...kept } = found;
  return {
    ...kept,
    ...(resolved === undefined || (/^https?:/.test(resolved) && !keepAddresses) ? {} : { resolved }),
    ...(isRequired ? {} : { optional: true }),
  };
}
