import { extname, dirname, relative, sep } from 'node:path';
import { build } from 'esbuild';
import { common, resolvePlugin } from './local-modules.ts';
import { packageOf } from './package-of.ts';

export interface CompileOptions {
  /** The project, whose tsconfig.json counts. */
  folder: string;
  /** Paths below it stay the same in `outdir`. */
  root: string;
  files: string[];
  outdir: string;
}

/** What a CommonJS module of TypeScript may use as well, as tsx has it. */
const MODULE_URL = '__moduleUrl';
const COMMON_JS = {
  banner: { js: `const ${MODULE_URL} = require('node:url').pathToFileURL(__filename).href;` },
  define: {
    'import.meta.url': MODULE_URL,
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
  },
};

/**
 * Compiles each module by itself to the same place: a module stays one instance for all graphs, and what it finds relative to
 * itself is where it was. ES modules remain ES modules, CommonJS remains CommonJS.
 */
export async function compile({ folder, root, files, outdir }: CompileOptions): Promise<void> {
  const groups = Map.groupBy(files, (file) => `${formatOf(file, folder)}${extensionOf(file)}`);
  for (const members of groups.values()) {
    const [first = ''] = members;
    const format = formatOf(first, folder);
    await build({
      ...common(folder),
      entryPoints: members.map((file) => ({ in: file, out: withoutExtension(relative(root, file)) })),
      outdir,
      outExtension: { '.js': extensionOf(first) },
      format,
      ...(format === 'cjs' ? COMMON_JS : {}),
      logLevel: 'error',
      plugins: [
        resolvePlugin((found, { path, importer }) => {
          if (found.kind !== 'local') return { path, external: true };
          return { path: relativeImport(compiledName(importer), compiledName(found.file)), external: true };
        }),
      ],
    });
  }
}

/** Where a module of the project is after it was compiled. */
export function compiledName(file: string): string {
  return `${withoutExtension(file)}${extensionOf(file)}`;
}

function formatOf(file: string, folder: string): 'esm' | 'cjs' {
  const [, kind] = /\.([cm]?)[jt]sx?$/.exec(file) ?? [];
  if (kind === 'm') return 'esm';
  if (kind === 'c') return 'cjs';
  return packageOf(dirname(file), folder).manifest.type === 'module' ? 'esm' : 'cjs';
}

/** `.mts` -> `.mjs`, `.tsx` -> `.js` */
function extensionOf(file: string): string {
  const [, kind = ''] = /\.([cm]?)[jt]sx?$/.exec(file) ?? [];
  return `.${kind}js`;
}

const withoutExtension = (file: string) => file.slice(0, file.length - extname(file).length);

function relativeImport(from: string, to: string): string {
  const path = relative(dirname(from), to).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}
