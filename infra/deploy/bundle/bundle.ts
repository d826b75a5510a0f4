import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { inRoot } from '../root.ts';
import { assetPlugin } from './asset-plugin.ts';
import { readGraphConfig } from './graph-config.ts';
import { pruneLock, resolvePackage, type LockedPackage, type LockedPackages } from './lock-tree.ts';
import { packageOf, packagePlugin } from './package-plugin.ts';
import { packageOf as packageOfFolder } from './project/package-of.ts';
import { bundleProject, type BundledProject } from './project/project.ts';

export interface BundleOptions {
  /** Is emptied and filled. */
  outdir: string;
  /** The `langgraph.json` whose graphs are deployed. */
  graphs: string;
}

export interface Bundle {
  metafile: Metafile;
  dependencies: Record<string, string>;
  /** How many packages the lockfile names. */
  packages: number;
  warnings: string[];
  /** The `langgraph.json` of the bundle. */
  config: string;
  /** What there is of a project that is not this repository. */
  project?: BundledProject;
}

const FUNCTIONS = 'functions';
const ENTRY = 'index';
/** The program that loads graphs in a process of its own. */
const DESCRIBER = 'describe';
const DESCRIBE_MAIN = 'functions/src/project/describe/main.ts';
/** Where the threads begin in which documents are read and searched. */
const LIBRARY_THREAD = 'library';
const LIBRARY_MAIN = 'functions/src/agents/library/thread/main.ts';
/** The thread that keeps the leases of a worker whose event loop stands still. */
const LEASE_THREAD = 'leases';
const LEASE_MAIN = 'functions/src/http/alone/event-loop-thread.ts';
const ENTRY_MAIN = 'functions/src/http/index.ts';
/** Where somebody's project lies in the bundle, with packages of its own. */
const PROJECT = 'project';

/**
 * The functions as one folder that is deployed as it is: their code and the graphs' with all of this repository inlined, the
 * files they read, and a lockfile of just the packages they import. Graphs of another project lie in a folder of their own
 * with theirs. Source of the folder's form: Cloud Run functions, "Specify dependencies in Node.js", "Custom build step".
 */
export async function bundleFunctions({ outdir, graphs }: BundleOptions): Promise<Bundle> {
  const own = isOwn(graphs);
  const lock = JSON.parse(await readFile(inRoot('package-lock.json'), 'utf8')) as {
    packages: LockedPackages;
  };
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const config = own ? await readGraphConfig(graphs) : undefined;
  const project = own ? undefined : await bundleProject(graphs, join(outdir, PROJECT));
  const warnings = [...(config?.warnings ?? project?.warnings ?? [])];
  const deployed = project === undefined ? 'langgraph.json' : `${PROJECT}/${project.config}`;
  const { metafile } = await build({
    absWorkingDir: inRoot(''),
    entryPoints: {
      [ENTRY]: inRoot(ENTRY_MAIN),
      [DESCRIBER]: inRoot(DESCRIBE_MAIN),
      [LIBRARY_THREAD]: inRoot(LIBRARY_MAIN),
      [LEASE_THREAD]: inRoot(LEASE_MAIN),
      ...Object.fromEntries(config?.entries ?? []),
    },
    outdir,
    // Assets are found relative to the chunk, so all of them lie side by side.
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // What a stack trace says should be readable.
    minify: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
    plugins: [
      packagePlugin((name) => resolvePackage(lock.packages, FUNCTIONS, name) !== undefined),
      assetPlugin({
        outdir,
        root: inRoot(''),
        known: new Map([
          [inRoot('langgraph.json'), `./${deployed}`],
          [inRoot(DESCRIBE_MAIN), `./${DESCRIBER}.js`],
          [inRoot(LIBRARY_MAIN), `./${LIBRARY_THREAD}.js`],
          [inRoot(LEASE_MAIN), `./${LEASE_THREAD}.js`],
          // Started anew for a run that is executed alone.
          [inRoot(ENTRY_MAIN), `./${ENTRY}.js`],
        ]),
        warn: (message) => warnings.push(message),
      }),
    ],
  });
  const dependencies = importedPackages(metafile, lock.packages);
  const packages = pruneLock(lock.packages, [{ from: FUNCTIONS, names: Object.keys(dependencies) }]);
  const manifest = {
    name: 'longrun-functions',
    version: await ownVersion(),
    private: true,
    type: 'module',
    main: `${ENTRY}.js`,
    engines: { node: '24' },
    // Google's buildpack runs it after it has installed what is named here.
    ...(project === undefined ? {} : { scripts: { 'gcp-build': `cd ${PROJECT} && ${project.install}` } }),
    dependencies,
    ...(await overrides(packages)),
  };
  await write(outdir, 'package.json', manifest);
  await write(outdir, 'package-lock.json', lockfile(manifest, packages));
  if (config !== undefined) await write(outdir, deployed, config.deployed);
  return {
    metafile,
    dependencies,
    packages: Object.keys(packages).length,
    warnings,
    config: join(outdir, deployed),
    ...(project === undefined ? {} : { project }),
  };
}

/** Whether these are graphs of this repository, which have the packages of the functions. */
function isOwn(graphs: string): boolean {
  const { folder, manifest } = packageOfFolder(dirname(graphs), dirname(graphs));
  return folder.startsWith(inRoot('').slice(0, -1)) && /^(@longrun\/.*|longrun)$/.test(manifest.name ?? '');
}

/** Exact versions of what any chunk imports. */
function importedPackages(metafile: Metafile, packages: LockedPackages): Record<string, string> {
  const names = new Set<string>();
  for (const { imports } of Object.values(metafile.outputs)) {
    for (const { path, external } of imports) {
      if (external === true && !path.startsWith('node:')) names.add(packageOf(path));
    }
  }
  return Object.fromEntries(
    [...names].sort().map((name) => {
      const version = packages[resolvePackage(packages, FUNCTIONS, name) ?? '']?.version;
      if (version === undefined) throw new Error(`${name} is imported and not locked.`);
      return [name, version];
    }),
  );
}

function lockfile(
  manifest: { name: string; version: string; dependencies: Record<string, string> },
  packages: LockedPackages,
) {
  const { name, version, dependencies } = manifest;
  const root: LockedPackage = { name, version, dependencies, engines: { node: '24' } };
  return { name, version, lockfileVersion: 3, requires: true, packages: { '': root, ...packages } };
}

/** Those of the repository that concern what is deployed: without them npm calls the lockfile wrong. */
async function overrides(packages: LockedPackages): Promise<{ overrides?: Record<string, string> }> {
  const root = JSON.parse(await readFile(inRoot('package.json'), 'utf8')) as {
    overrides?: Record<string, string>;
  };
  const names = new Set(
    Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)),
  );
  const kept = Object.entries(root.overrides ?? {}).filter(([name]) => names.has(name));
  return kept.length === 0 ? {} : { overrides: Object.fromEntries(kept) };
}

async function ownVersion(): Promise<string> {
  return (JSON.parse(await readFile(inRoot('functions/package.json'), 'utf8')) as { version: string })
    .version;
}

async function write(outdir: string, name: string, value: unknown): Promise<void> {
  await writeFile(join(outdir, name), `${JSON.stringify(value, null, 2)}\n`);
}
