import { isBuiltin } from 'node:module';
import { resolve } from 'node:path';
import { build, type OnResolveArgs, type Plugin, type PluginBuild, type ResolveResult } from 'esbuild';
import { tsconfigOf } from '../../../../functions/src/project/project-files.ts';
import { packageOf } from '../package-plugin.ts';

/** What belongs to the graphs of a project: modules of its own, and packages by name. */
export interface LocalModules {
  files: string[];
  /** Name of a package -> a file that imports it. */
  packages: Map<string, string>;
}

export const CODE = /\.[cm]?[jt]sx?$/;
const RESOLVING = Symbol('resolving');

/** Everything that the modules in `entries` reach by import or require, as tsx finds it. Throws with what cannot be found. */
export async function localModules(folder: string, entries: string[]): Promise<LocalModules> {
  const packages = new Map<string, string>();
  const { metafile } = await build({
    ...common(folder),
    entryPoints: entries,
    outdir: folder,
    write: false,
    metafile: true,
    format: 'esm',
    logLevel: 'silent',
    plugins: [
      resolvePlugin((found, { path, importer }) => {
        if (found.kind === 'local') return undefined;
        if (found.kind === 'package') packages.set(packageOf(path), importer);
        return { path, external: true };
      }),
    ],
  });
  const files = Object.keys(metafile.inputs)
    .map((name) => resolve(folder, name))
    .filter((file) => CODE.test(file));
  return { files: files.sort(), packages };
}

/** How esbuild reads the project's modules. */
export function common(folder: string) {
  const tsconfig = tsconfigOf(folder);
  return {
    absWorkingDir: folder,
    bundle: true,
    platform: 'node',
    target: 'node24',
    // What a graph calls its steps is the name of a function.
    keepNames: true,
    treeShaking: false,
    legalComments: 'none',
    ...(tsconfig === undefined ? { tsconfigRaw: {} } : { tsconfig }),
  } as const;
}

type Found = { kind: 'local'; file: string } | { kind: 'package' | 'missing' };

/** Asks `decide` about each import that is no part of Node.js; undefined leaves it to esbuild. */
export function resolvePlugin(
  decide: (found: Found, args: OnResolveArgs) => { path: string; external: true } | undefined,
): Plugin {
  return {
    name: 'project',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (args.kind === 'entry-point' || args.pluginData === RESOLVING) return undefined;
        if (isBuiltin(args.path)) return { path: args.path, external: true };
        const found = await find(build, args);
        return found === undefined ? undefined : decide(found, args);
      });
    },
  };
}

async function find(build: PluginBuild, args: OnResolveArgs): Promise<Found | undefined> {
  const { path, kind, importer, namespace, resolveDir } = args;
  const found: ResolveResult = await build.resolve(path, {
    kind,
    importer,
    namespace,
    resolveDir,
    pluginData: RESOLVING,
    with: args.with,
  });
  if (found.errors.length > 0) {
    // Packages that may be missing are asked for in these ways.
    const mayBeMissing = /^[^./#]/.test(path) && kind !== 'import-statement';
    return mayBeMissing ? { kind: 'missing' } : undefined;
  }
  if (found.external) return { kind: 'missing' };
  if (/[\\/]node_modules[\\/]/.test(found.path)) return { kind: 'package' };
  return CODE.test(found.path) ? { kind: 'local', file: found.path } : undefined;
}
