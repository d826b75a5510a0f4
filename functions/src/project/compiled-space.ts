import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { lazy } from '../lib/lazy.ts';
import type { Exports, ModuleSpace as Compiling } from './module-space.ts';

const { cache } = createRequire(import.meta.url);
const FROM = 'project-from:';

/** Lets `import` ask as another module would: `project-from:FILE SPECIFIER`, both as parts of a URL. */
const importsFrom = lazy(() =>
  Promise.resolve(
    registerHooks({
      resolve: (specifier, context, next) => {
        if (!specifier.startsWith(FROM)) return next(specifier, context);
        const [from = '', wanted = ''] = specifier.slice(FROM.length).split(' ').map(decodeURIComponent);
        return next(wanted, { ...context, parentURL: from });
      },
    }),
  ),
);

/**
 * Takes the place of `module-space.ts` in a deployed bundle: there the modules of the project are compiled, lie beside their
 * own packages, and Node.js loads them.
 */
export class ModuleSpace implements Pick<Compiling, 'import' | 'importFrom' | 'files'> {
  static open(): Promise<ModuleSpace> {
    return Promise.resolve(new ModuleSpace());
  }

  async import(file: string): Promise<Exports> {
    return (await import(pathToFileURL(file).href)) as Exports;
  }

  async importFrom(file: string, specifier: string): Promise<Exports> {
    if (file in cache) return createRequire(file)(specifier) as Exports;
    await importsFrom();
    const parts = [pathToFileURL(file).href, specifier].map(encodeURIComponent);
    return (await import(`${FROM}${parts.join(' ')}`)) as Exports;
  }

  /** Nobody watches them, and a project has one copy of LangGraph here. */
  files(): string[] {
    return [];
  }
}
