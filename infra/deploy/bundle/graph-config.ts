import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';

/** What is deployed of a `langgraph.json`: its graphs and the plain settings of its environment. */
const schema = z.looseObject({
  graphs: z.record(
    z.string(),
    z.union([z.string(), z.looseObject({ path: z.string(), description: z.string().optional() })]),
  ),
  env: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
});

export interface GraphConfig {
  /** Name of the entry point in the bundle -> module. */
  entries: Map<string, string>;
  /** The `langgraph.json` of the bundle. */
  deployed: {
    graphs: Record<string, string | { path: string; description: string }>;
    env?: Record<string, string>;
  };
  /** What is left out, in words. */
  warnings: string[];
}

/** @throws Error when the file is no configuration of LangGraph's CLI, or names a graph in another language */
export async function readGraphConfig(path: string): Promise<GraphConfig> {
  const parsed = schema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  const { graphs, env } = parsed.data;
  const entries = new Map<string, string>();
  const deployed: GraphConfig['deployed'] = { graphs: {} };
  for (const [id, target] of Object.entries(graphs)) {
    const spec = typeof target === 'string' ? target : target.path;
    const colon = spec.lastIndexOf(':');
    const [file, name] = colon > 1 ? [spec.slice(0, colon), spec.slice(colon + 1)] : [spec, 'default'];
    if (!/\.[cm]?[jt]sx?$/.test(file))
      throw new Error(`${path}: the graph "${id}" is not written in JavaScript.`);
    const module = resolve(dirname(path), file);
    const entry =
      [...entries].find(([, known]) => known === module)?.[0] ?? `graph-${entries.size}-${slug(id)}`;
    entries.set(entry, module);
    const place = `./${entry}.js:${name}`;
    const description = typeof target === 'string' ? undefined : target.description;
    deployed.graphs[id] = description === undefined ? place : { path: place, description };
  }
  if (entries.size === 0) throw new Error(`${path} names no graph under "graphs".`);
  if (typeof env === 'object') deployed.env = env;
  const warnings =
    typeof env === 'string'
      ? [`${env} is not deployed: set its variables, secret ones above all, as settings of the functions.`]
      : [];
  return { entries, deployed, warnings };
}

const slug = (id: string) => id.replaceAll(/[^A-Za-z0-9-]+/g, '-').slice(0, 40);
