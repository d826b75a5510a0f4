import type { Plugin } from 'esbuild';
import { inRoot } from '../root.ts';

const COMPILED_SPACE = inRoot('functions/src/project/compiled-space.ts');

/** `@scope/name/sub/path` -> `@scope/name` */
export function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

/**
 * Packages stay outside of the bundle and are installed by the platform; what is a part of this repository is inlined.
 *
 * @param isLocked whether the repository's lockfile has the package, seen from the functions
 */
export function packagePlugin(isLocked: (name: string) => boolean): Plugin {
  return {
    name: 'packages',
    setup(build) {
      // All graphs are compiled by now, so nothing is left for a compiler to do.
      build.onResolve({ filter: /[/]module-space\.ts$/ }, () => ({ path: COMPILED_SPACE }));
      build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        if (kind === 'entry-point' || path.startsWith('@longrun/') || path.startsWith('#')) return undefined;
        if (path.startsWith('node:')) return { path, external: true };
        if (isLocked(packageOf(path))) return { path, external: true };
        return { errors: [{ text: `${packageOf(path)} is not in package-lock.json: run npm install.` }] };
      });
    },
  };
}
