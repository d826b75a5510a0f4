import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import type { Loader, Plugin } from 'esbuild';
import { unlessMissing } from '../../local/storage/unless-missing.ts';

const SOURCE = /\.[cm]?[jt]sx?$/;
const ASSET_URL = /new URL\(\s*(['"])([^'"]+)\1\s*,\s*import\.meta\.url\s*\)/g;
const BESIDE = /\b(import\.meta\.dirname|__dirname)\b/;

export interface AssetOptions {
  outdir: string;
  /** Names of copies are made from paths below it, so they are the same wherever the repository lies. */
  root: string;
  /** Files that the bundle has under another name: path -> name in `outdir`. */
  known: ReadonlyMap<string, string>;
  /** Told of what may be missing from the bundle. */
  warn: (message: string) => void;
}

/**
 * Copies the files that modules find by `new URL('name', import.meta.url)` and makes the URL point to the copy. All
 * chunks lie in one folder, so the same relative URL is right in whichever the module ends up.
 */
export function assetPlugin({ outdir, root, known, warn }: AssetOptions): Plugin {
  return {
    name: 'assets',
    setup(build) {
      build.onLoad({ filter: SOURCE }, async ({ path }) => {
        if (path.includes('/node_modules/')) return undefined;
        const source = await readFile(path, 'utf8');
        if (BESIDE.test(source)) {
          warn(
            `${path}: files that are found by import.meta.dirname are not deployed; use new URL('file', import.meta.url).`,
          );
        }
        if (!source.includes('import.meta.url')) return undefined;
        const urls = new Map<string, string>();
        for (const [, , name = ''] of source.matchAll(ASSET_URL)) {
          const file = resolve(dirname(path), name);
          urls.set(name, known.get(file) ?? (await copied(file, path)));
        }
        const contents = source.replaceAll(
          ASSET_URL,
          (_all, quote: string, name: string) =>
            `new URL(${quote}${urls.get(name)}${quote}, import.meta.url)`,
        );
        return { contents, loader: loaderOf(path), resolveDir: dirname(path) };
      });
    },
  };

  async function copied(file: string, user: string): Promise<string> {
    const found = await unlessMissing(stat(file));
    if (found === undefined) throw new Error(`${user} names ${file}, which does not exist.`);
    if (SOURCE.test(file)) throw new Error(`${user} names the module ${file}: import it instead.`);
    const name = `${createHash('sha256').update(relative(root, file)).digest('hex').slice(0, 8)}-${basename(file)}`;
    await mkdir(join(outdir, 'assets'), { recursive: true });
    await cp(file, join(outdir, 'assets', name), { recursive: true });
    return `./assets/${name}`;
  }
}

function loaderOf(path: string): Loader {
  switch (extname(path)) {
    case '.tsx':
      return 'tsx';
    case '.jsx':
      return 'jsx';
    case '.ts':
    case '.mts':
    case '.cts':
      return 'ts';
    default:
      return 'js';
  }
}
