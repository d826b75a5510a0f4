import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod';
import type { Project } from '../../functions/src/project/config.ts';
import { lockfileOf, tsconfigOf } from '../../functions/src/project/project-files.ts';

/** What the functions keep of a project in GRAPHS_FILE, as far as it matters here. */
const schema = z.object({
  files: z.record(z.string(), z.unknown()),
  graphs: z.record(z.string(), z.looseObject({ error: z.looseObject({ message: z.string() }).optional() })),
});

export interface DescribedFiles {
  /** What the graphs are made of, whether it exists or not. */
  files: string[];
  /** Graphs that cannot be loaded -> why. */
  broken: Map<string, string>;
}

/** Of a project that is not described yet, only what decides how it is loaded is known. */
export async function describedFiles(project: Project, graphsFile: string): Promise<DescribedFiles> {
  const { file, envFile, folder, graphs, auth } = project;
  const known = await read(graphsFile);
  const modules = Object.keys(known.files).map((name) => resolve(folder, name));
  const entries = [...graphs.values()].map((graph) => graph.file);
  const fixed = [file, envFile, auth?.file, tsconfigOf(folder), lockfileOf(folder)].filter(
    (path) => path !== undefined,
  );
  return {
    files: [...new Set([...fixed, ...entries, ...modules])],
    broken: new Map(
      Object.entries(known.graphs).flatMap(([id, { error }]) =>
        error === undefined || !graphs.has(id) ? [] : [[id, error.message] as const],
      ),
    ),
  };
}

async function read(graphsFile: string): Promise<z.infer<typeof schema>> {
  try {
    return schema.parse(JSON.parse(await readFile(graphsFile, 'utf8')));
  } catch {
    // Not made yet, or made by another version, which makes it anew.
    return { files: {}, graphs: {} };
  }
}
