import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { tsconfigOf } from './project-files.ts';

/** What a module exports. */
export type Exports = Record<string, unknown>;

interface Compiler {
  import(specifier: string, parent: string): Promise<Exports>;
  require(id: string, from: string): Exports;
}

/** Node's table of CommonJS modules, which all `require`s share. */
const { cache } = createRequire(import.meta.url);

/**
 * Modules of one project that know each other, loaded as tsx loads them: TypeScript, JSX, `paths` of the project's tsconfig,
 * CommonJS as well as ES modules. They have a namespace of their own, so that nothing of this concerns our own modules,
 * and a second space loads anew what failed in the first.
 */
export class ModuleSpace {
  readonly #namespace: string;
  readonly #compiler: Compiler;
  readonly #imported: Set<string>;

  private constructor(namespace: string, compiler: Compiler, imported: Set<string>) {
    this.#namespace = namespace;
    this.#compiler = compiler;
    this.#imported = imported;
  }

  /** @param onImport is told of each file as it is imported: of a module that hangs, too */
  static async open(
    folder: string,
    namespace: string,
    onImport: (file: string) => void = () => undefined,
  ): Promise<ModuleSpace> {
    // A deployed bundle holds neither: there both only import.
    const [esm, commonJs] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')]);
    const imported = new Set<string>();
    const tsconfig = tsconfigOf(folder) ?? false;
    const { import: load } = esm.register({
      namespace,
      tsconfig,
      onImport: (url) => {
        if (!url.startsWith('file:')) return;
        const file = withoutQuery(fileURLToPath(url));
        imported.add(file);
        onImport(file);
      },
    });
    const { require } = withTsconfig(tsconfig, () => commonJs.register({ namespace }));
    return new ModuleSpace(namespace, { import: load, require }, imported);
  }

  async import(file: string): Promise<Exports> {
    const url = pathToFileURL(file).href;
    return await this.#compiler.import(url, url);
  }

  /** What the module in `file` would be given for `specifier`: the same instance. */
  async importFrom(file: string, specifier: string): Promise<Exports> {
    if (this.#isCommonJs(file)) {
      return this.#compiler.require(createRequire(file).resolve(specifier), file);
    }
    return await this.#compiler.import(specifier, pathToFileURL(file).href);
  }

  /** Every file that was imported, of packages as well. */
  files(): string[] {
    const required = Object.keys(cache)
      .filter((key) => key.endsWith(this.#query()))
      .map(withoutQuery);
    return [...new Set([...this.#imported, ...required])];
  }

  #isCommonJs(file: string): boolean {
    return `${file}${this.#query()}` in cache;
  }

  #query(): string {
    return `?namespace=${this.#namespace}`;
  }
}

const withoutQuery = (path: string) => path.replace(/\?.*$/, '');

/** The part of tsx that is for CommonJS takes the path from the environment only. */
function withTsconfig<T>(tsconfig: string | false, register: () => T): T {
  const before = process.env['TSX_TSCONFIG_PATH'];
  if (tsconfig !== false) process.env['TSX_TSCONFIG_PATH'] = tsconfig;
  try {
    return register();
  } finally {
    if (before === undefined) delete process.env['TSX_TSCONFIG_PATH'];
    else process.env['TSX_TSCONFIG_PATH'] = before;
  }
}
