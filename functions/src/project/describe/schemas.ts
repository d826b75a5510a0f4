import { isObject, jsonBytes, toJson, type JsonObject } from '@longrun/shared';
import type { ImportLangGraph } from '../langgraph-copy.ts';
import type { CompiledGraph } from '../served-graph.ts';
import type { Description } from './description.ts';

/** Bytes of JSON of one schema. */
const MAX_SCHEMA = 100_000;

type Schemas = Pick<
  Description,
  'input_schema' | 'output_schema' | 'state_schema' | 'config_schema' | 'context_schema'
>;

/**
 * The schemas that the graph knows at runtime, as its own copy of LangGraph tells them. Those of `Annotation` are types only,
 * which no longer exist. Config and context are one and the same to LangGraph.js.
 */
export async function schemasOf(graph: CompiledGraph, importLangGraph: ImportLangGraph): Promise<Schemas> {
  let ask: Record<string, unknown>;
  try {
    ask = await importLangGraph('@langchain/langgraph/zod/schema');
  } catch {
    // Older versions do not have it.
    return {};
  }
  const schema = (name: string) => asked(ask[name], graph);
  const config = schema('getConfigTypeSchema');
  const all = {
    input_schema: schema('getInputTypeSchema'),
    output_schema: schema('getOutputTypeSchema'),
    state_schema: schema('getStateTypeSchema'),
    config_schema: config,
    context_schema: config,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** A type that cannot be said in JSON Schema makes it throw; then it is not known. */
function asked(ask: unknown, graph: CompiledGraph): JsonObject | undefined {
  if (typeof ask !== 'function') return undefined;
  try {
    const schema = toJson(ask(graph));
    return isObject(schema) && jsonBytes(schema) <= MAX_SCHEMA ? schema : undefined;
  } catch {
    return undefined;
  }
}
