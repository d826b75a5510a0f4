import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import type { BaseCheckpointSaver, BaseStore, CompiledStateGraph } from '@langchain/langgraph';
import type { BaseCache } from '@langchain/langgraph-checkpoint';
import { LongrunError, errorMessage, type GraphInfo } from '@longrun/shared';
import * as z from 'zod';

/** The part of `langgraph.json` (LangGraph CLI) that says what is served. */
const configSchema = z.looseObject({
  graphs: z.record(
    z.string(),
    z.union([z.string(), z.looseObject({ path: z.string(), description: z.string().optional() })]),
  ),
  env: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
});

const metaSchema = z.object({
  title: z.string(),
  description: z.string(),
  examples: z.array(z.string()),
  steps: z.record(z.string(), z.string()),
  uses_model: z.boolean().optional(),
});

type Compiled = Pick<CompiledStateGraph<unknown, unknown, string>, 'stream' | 'getState' | 'nodes'>;

/** A graph that can be given a checkpointer of its own for each run. */
export interface RunnableGraph {
  withCheckpointer(saver: BaseCheckpointSaver, own?: OwnParts): Compiled;
}

/** What else a run brings along. */
interface OwnParts {
  store?: BaseStore;
  cache?: BaseCache;
}

interface Loaded extends RunnableGraph {
  info: GraphInfo;
}

/** The graphs that `langgraph.json` names. Modules are loaded on first use and kept. */
export class Graphs {
  readonly #entries: Map<string, { path: string; name: string; description: string }>;
  readonly #loaded = new Map<string, Promise<Loaded>>();

  private constructor(entries: Map<string, { path: string; name: string; description: string }>) {
    this.#entries = entries;
  }

  /** Reads the file and the environment it names. Throws with what is wrong and where. */
  static async open(configPath: string): Promise<Graphs> {
    const file = resolve(configPath);
    const parsed = configSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    if (!parsed.success) throw new Error(`${configPath}: ${z.prettifyError(parsed.error)}`);
    await loadEnv(parsed.data.env, dirname(file));
    const entries = new Map(
      Object.entries(parsed.data.graphs).map(([id, target]) => {
        const spec = typeof target === 'string' ? target : target.path;
        const colon = spec.lastIndexOf(':');
        const [path, name] = colon > 1 ? [spec.slice(0, colon), spec.slice(colon + 1)] : [spec, 'default'];
        const description = typeof target === 'string' ? '' : (target.description ?? '');
        return [id, { path: resolve(dirname(file), path), name, description }] as const;
      }),
    );
    if (entries.size === 0) throw new Error(`${configPath} names no graph under "graphs".`);
    return new Graphs(entries);
  }

  ids(): string[] {
    return [...this.#entries.keys()];
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** What can be run. A graph whose module cannot be loaded is listed with the reason, and hides no other. */
  describe(): Promise<GraphInfo[]> {
    return Promise.all(
      this.ids().map(async (id) => {
        try {
          return (await this.get(id)).info;
        } catch (error) {
          return { id, title: words(id), description: errorMessage(error), examples: [], steps: {} };
        }
      }),
    );
  }

  /** Throws `unknown_graph`; any other error comes from the graph's own module. */
  async get(id: string): Promise<Loaded> {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      throw new LongrunError(
        'unknown_graph',
        `There is no graph "${id}". Served are: ${this.ids().join(', ')}.`,
      );
    }
    const known = this.#loaded.get(id);
    if (known !== undefined) return known;
    const loading = load(id, entry);
    this.#loaded.set(id, loading);
    // A module that failed once may be mended meanwhile.
    loading.catch(() => this.#loaded.delete(id));
    return loading;
  }
}

async function load(id: string, entry: { path: string; name: string; description: string }): Promise<Loaded> {
  const module = await importModule(entry.path);
  const exported = module[entry.name];
  const made: unknown =
    typeof exported === 'function' ? await exported({ configurable: {} }) : await exported;
  const graph = compile(made);
  if (graph === null) {
    throw new Error(`"${entry.name}" of ${entry.path} is not a LangGraph graph.`);
  }
  const meta = metaSchema.safeParse(module['meta']);
  const names = Object.keys(graph.nodes).filter((name) => !name.startsWith('__'));
  const info: GraphInfo = meta.success
    ? { id, ...meta.data }
    : {
        id,
        title: words(id),
        description: entry.description,
        examples: [],
        steps: Object.fromEntries(names.map((name) => [name, words(name)])),
      };
  return {
    info,
    withCheckpointer: (saver, own = {}) =>
      Object.create(graph, {
        checkpointer: { value: saver, writable: true },
        ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name, { value, writable: true }])),
      }) as Compiled,
  };
}

/** Node runs plain TypeScript itself; what it cannot (other syntax, `.js` for `.ts`, JSX) goes through tsx. */
async function importModule(path: string): Promise<Record<string, unknown>> {
  const url = pathToFileURL(path).href;
  try {
    return (await import(url)) as Record<string, unknown>;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    if (!NEEDS_TSX.has(code))
      throw new Error(`${path} cannot be loaded: ${errorMessage(error)}`, { cause: error });
    const { tsImport } = await import('tsx/esm/api');
    return (await tsImport(url, import.meta.url)) as Record<string, unknown>;
  }
}

const NEEDS_TSX = new Set([
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_UNSUPPORTED_DIR_IMPORT',
]);

function compile(value: unknown): Compiled | null {
  if (typeof value !== 'object' || value === null) return null;
  const graph: unknown = 'compile' in value && typeof value.compile === 'function' ? value.compile() : value;
  return isCompiled(graph) ? graph : null;
}

function isCompiled(value: unknown): value is Compiled {
  return (
    typeof value === 'object' &&
    value !== null &&
    'stream' in value &&
    'getState' in value &&
    'nodes' in value
  );
}

async function loadEnv(env: string | Record<string, string> | undefined, folder: string): Promise<void> {
  if (env === undefined) return;
  const values = typeof env === 'string' ? parseEnv(await readFile(resolve(folder, env), 'utf8')) : env;
  for (const [name, value] of Object.entries(values)) process.env[name] ??= value;
}

/** `generate_query` -> `Generate query` */
function words(name: string): string {
  const text = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
