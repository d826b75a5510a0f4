import type { GraphEntry } from './graph-entry.ts';
import type { Exports } from './module-space.ts';
import type { CompiledGraph, FactoryArguments } from './served-graph.ts';

/** What a project exports under a graph's name: the graph, or what makes one for each run. */
export type Exported =
  | { kind: 'graph'; graph: CompiledGraph }
  | { kind: 'factory'; make: (factory: FactoryArguments) => Promise<CompiledGraph> };

type Factory = (config: FactoryArguments['config'], runtime: FactoryArguments['runtime']) => unknown;

/**
 * The shapes that LangGraph's CLI serves: a compiled graph, a builder that is still to be compiled, an agent of LangChain, a
 * promise of one of these, and a function that makes one for each run.
 */
export async function exportedGraph(module: Exports, { exportName }: GraphEntry): Promise<Exported> {
  const all = exportsOf(module);
  if (!(exportName in all)) {
    const names = Object.keys(all).filter((name) => name !== 'meta');
    const there = names.length === 0 ? 'It exports nothing.' : `It exports ${names.join(', ')}.`;
    throw new Error(`there is no export "${exportName}". ${there}`);
  }
  const value = await all[exportName];
  if (isFactory(value)) {
    return {
      kind: 'factory',
      make: async ({ config, runtime }) =>
        compiled(await value(config, runtime), `what the function "${exportName}" returned`),
    };
  }
  return { kind: 'graph', graph: compiled(value, `"${exportName}"`) };
}

/** Of a CommonJS module, what it exports itself rather than what Node found by reading it. */
export function exportsOf(module: Exports): Exports {
  const commonJs = module['module.exports'];
  const all = isPlain(commonJs) ? { ...module, ...commonJs } : module;
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => name !== 'module.exports' && name !== '__esModule'),
  );
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isFactory(value: unknown): value is Factory {
  return typeof value === 'function';
}

function compiled(value: unknown, what: string): CompiledGraph {
  const graph = hasCompile(value) ? value.compile() : value;
  // An agent can do all that a graph can, but it is the graph within that can be given the parts of a run.
  const inner = typeof graph === 'object' && graph !== null && 'graph' in graph ? graph.graph : undefined;
  if (isCompiled(inner)) return inner;
  if (isCompiled(graph)) return graph;
  throw new Error(`${what} is ${kindOf(value)}, not a LangGraph graph.`);
}

function hasCompile(value: unknown): value is { compile(): unknown } {
  return (
    typeof value === 'object' && value !== null && 'compile' in value && typeof value.compile === 'function'
  );
}

function isCompiled(value: unknown): value is CompiledGraph {
  return (
    typeof value === 'object' &&
    value !== null &&
    'stream' in value &&
    'getState' in value &&
    'nodes' in value
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return value === undefined ? 'undefined' : `a ${typeof value}`;
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `a ${name}` : 'an object';
}
