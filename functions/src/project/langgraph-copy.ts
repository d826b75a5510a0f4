import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { atLeast } from '../lib/version.ts';
import type { ModuleSpace } from './module-space.ts';
import type { LangGraphCopy } from './served-graph.ts';

const PACKAGE = '@langchain/langgraph';
const CORE = '@langchain/core';
/** Older ones stop before they have run anything: no stream mode `tasks`, and messages without `getType`. */
const OLDEST = '0.2.74';
const OLDEST_CORE = '0.3.7';
/** Where a file of the package lies, with pnpm as well. */
const INSIDE = /^(.*[\\/]node_modules[\\/]@langchain[\\/]langgraph)[\\/]/;

const manifestSchema = z.looseObject({ name: z.string().optional(), version: z.string().optional() });
/** Imports what the project's own copy of LangGraph exports, the very modules that its graphs use. */
export type ImportLangGraph = (specifier: string) => Promise<Record<string, unknown>>;

/** The copy of LangGraph that the graph in `file`, which is loaded, was made with. Throws when it is too old. */
export async function langGraphCopy(
  space: ModuleSpace,
  file: string,
): Promise<{ copy: LangGraphCopy; importLangGraph: ImportLangGraph }> {
  const found = packageOf(space, file);
  const version = manifest(found.folder)?.version ?? 'unknown';
  requireVersion(PACKAGE, version, OLDEST);
  const core = resolvedFolder(join(found.folder, 'package.json'), `${CORE}/messages`, CORE);
  requireVersion(CORE, (core === undefined ? undefined : manifest(core)?.version) ?? 'unknown', OLDEST_CORE);
  const importLangGraph: ImportLangGraph = (specifier) => space.importFrom(found.from, specifier);
  return { copy: { version, load: importLangGraph }, importLangGraph };
}

/** `from`: a file that is given this copy when it imports LangGraph. */
function packageOf(space: ModuleSpace, file: string): { folder: string; from: string } {
  const loaded = new Map(
    space.files().flatMap((from) => {
      const folder = INSIDE.exec(from)?.[1];
      return folder === undefined ? [] : [[folder, from] as const];
    }),
  );
  const resolved = resolvedFolder(file, PACKAGE, PACKAGE);
  if (resolved !== undefined && (loaded.size === 0 || loaded.has(resolved))) {
    return { folder: resolved, from: file };
  }
  // The file only passes on a graph of another package, which has its own. A package's files find it by its name.
  for (const [folder, from] of loaded) return { folder, from };
  throw new Error(
    `the project has no ${PACKAGE}. Install it in the project's folder: npm install ${PACKAGE}.`,
  );
}

/** Folder of the package `name` whose entry `specifier` the file would be given. */
function resolvedFolder(file: string, specifier: string, name: string): string | undefined {
  let at: string;
  try {
    at = dirname(createRequire(file).resolve(specifier));
  } catch {
    return undefined;
  }
  for (; dirname(at) !== at; at = dirname(at)) if (manifest(at)?.name === name) return at;
  return undefined;
}

function manifest(folder: string): z.infer<typeof manifestSchema> | undefined {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return undefined;
  return manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

function requireVersion(name: string, version: string, oldest: string): void {
  if (atLeast(version, oldest)) return;
  const needed =
    name === PACKAGE ? `>= ${oldest} is needed, 1.0 or newer is recommended` : `>= ${oldest} is needed`;
  throw new Error(`${name} ${version} is installed; ${needed}. Update it in the project's folder.`);
}
