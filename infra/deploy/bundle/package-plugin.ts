import type { Plugin } from 'esbuild';

export interface PackageOptions {
  /** Whether the repository's lockfile has the package, seen from the functions. */
  isLocked: (name: string) => boolean;
  /** Folder of this repository's own sources. */
  ours: string;
}

/** `@scope/name/sub/path` -> `@scope/name` */
export function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

/**
 * Packages stay outside of the bundle and are installed by the platform; what is a part of this repository is inlined, and so
 * is what only somebody's own graph uses and our lockfile does not know.
 */
export function packagePlugin({ isLocked, ours }: PackageOptions): Plugin {
  return {
    name: 'packages',
    setup(build) {
      // Graphs are compiled here, so nothing is left for a compiler to do.
      build.onResolve({ filter: /^tsx\/(esm|cjs)\/api$/ }, ({ path }) => ({
        path,
        namespace: 'no-compiler',
      }));
      build.onLoad({ filter: /.*/, namespace: 'no-compiler' }, () => ({
        contents:
          'export const register = () => ({ import: (url) => import(url), require: () => undefined });',
      }));
      build.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
        if (kind === 'entry-point' || path.startsWith('@longrun/') || path.startsWith('#')) return undefined;
        if (path.startsWith('node:')) return { path, external: true };
        // Of an inlined package everything is inlined: it expects the versions beside itself.
        const isInlined = importer.includes('/node_modules/');
        if (!isInlined && isLocked(packageOf(path))) return { path, external: true };
        if (importer.startsWith(ours) && !isInlined) {
          return { errors: [{ text: `${packageOf(path)} is not in package-lock.json: run npm install.` }] };
        }
        return undefined;
      });
    },
  };
}
