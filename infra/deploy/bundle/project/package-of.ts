import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';

const names = z.record(z.string(), z.string()).optional();
const schema = z.looseObject({
  name: z.string().optional(),
  version: z.string().optional(),
  type: z.string().optional(),
  dependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
  peerDependenciesMeta: z.record(z.string(), z.looseObject({ optional: z.boolean().optional() })).optional(),
  devDependencies: names,
  overrides: z.record(z.string(), z.unknown()).optional(),
});
export type Manifest = z.infer<typeof schema>;

/** A folder with a package.json: the project itself, or a package of the same workspace. */
export interface SourcePackage {
  folder: string;
  manifest: Manifest;
}

/** The package to which a file or folder belongs; a folder without one anywhere above is one by itself. */
export function packageOf(path: string, otherwise: string): SourcePackage {
  for (let at = path; dirname(at) !== at; at = dirname(at)) {
    const manifest = manifestIn(at);
    if (manifest !== undefined) return { folder: at, manifest };
  }
  return { folder: otherwise, manifest: {} };
}

export function manifestIn(folder: string): Manifest | undefined {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new Error(`${path} is not a valid package.json: ${String(error)}`, { cause: error });
  }
}
