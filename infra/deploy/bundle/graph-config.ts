import { readProject, type Project } from '../../../functions/src/project/config.ts';

export interface GraphConfig {
  project: Project;
  /** Name of the entry point in the bundle -> module. */
  entries: Map<string, string>;
  /** The `langgraph.json` of the bundle. */
  deployed: {
    graphs: Record<string, string | { path: string; description: string }>;
    auth?: { path: string };
    env?: Record<string, string>;
  };
  /** What is left out, in words. */
  warnings: string[];
}

/**
 * What is deployed of a `langgraph.json`: its graphs, who knows its users, and the plain settings of its environment.
 *
 * @throws Error when the file is no configuration of LangGraph's CLI, or no graph of it can be served
 */
export async function readGraphConfig(path: string): Promise<GraphConfig> {
  const project = await readProject(path);
  const entries = new Map<string, string>();
  const deployed: GraphConfig['deployed'] = { graphs: {} };
  const warnings = project.notices.filter((notice) => !notice.startsWith('env:'));
  for (const { id, file, exportName, description, problem } of project.graphs.values()) {
    if (problem !== undefined) {
      warnings.push(`The graph "${id}" is not deployed. ${problem}`);
      continue;
    }
    const entry =
      [...entries].find(([, known]) => known === file)?.[0] ?? `graph-${entries.size}-${slug(id)}`;
    entries.set(entry, file);
    const place = `./${entry}.js:${exportName}`;
    deployed.graphs[id] = description === '' ? place : { path: place, description };
  }
  if (entries.size === 0) throw new Error(`${path}: no graph can be deployed. ${warnings.join(' ')}`);
  const { auth } = project;
  if (auth?.problem !== undefined) throw new Error(`${path}: its auth cannot be deployed. ${auth.problem}`);
  if (auth !== undefined) {
    entries.set('auth', auth.file);
    deployed.auth = { path: `./auth.js:${auth.exportName}` };
  }
  if (project.envFile !== undefined) {
    warnings.push(
      `${project.envFile} is not deployed: set its variables, secret ones above all, as settings of the functions.`,
    );
  } else if (Object.keys(project.env).length > 0) deployed.env = project.env;
  return { project, entries, deployed, warnings };
}

const slug = (id: string) => id.replaceAll(/[^A-Za-z0-9-]+/g, '-').slice(0, 40);
