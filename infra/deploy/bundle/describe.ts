import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readProject } from '../../../functions/src/project/config.ts';
import { describeGraphs } from '../../../functions/src/project/describe/describe.ts';
import type { Description, Descriptions } from '../../../functions/src/project/describe/description.ts';

/** A machine that builds may be a slow one. Milliseconds. */
const LIMIT_MS = 60_000;

/**
 * Writes `graphs.json` beside the bundle's `langgraph.json`, so that no function has to load graphs to say what they are like.
 * Returns in words which could not be described: where they run, what they lack here, a key or a server, may be there.
 */
export async function describeForBundle(config: string, outdir: string): Promise<string[]> {
  const project = await readProject(config);
  const found = new Map<string, Description>();
  await describeGraphs({
    project,
    ids: [...project.graphs.keys()],
    limitMs: LIMIT_MS,
    onDescribed: (description) => found.set(description.id, description),
    onFile: () => undefined,
  });
  // Names of files say nothing of the machine that made it.
  const here = (text: string) => text.replaceAll(`${project.folder}/`, '');
  const graphs = [...project.graphs.keys()].flatMap((id) => {
    const description = found.get(id);
    if (description === undefined) return [];
    const { error } = description;
    const said = error === undefined ? {} : { error: { ...error, message: here(error.message) } };
    return [[id, { ...description, ...said }] as const];
  });
  const made: Descriptions = { format: 2, files: {}, graphs: Object.fromEntries(graphs) };
  await writeFile(join(outdir, 'graphs.json'), `${JSON.stringify(made, null, 2)}\n`);
  return graphs.flatMap(([id, { error }]) =>
    error === undefined
      ? []
      : [`The graph "${id}" cannot be loaded here, and is tried again where it runs. ${error.message}`],
  );
}
