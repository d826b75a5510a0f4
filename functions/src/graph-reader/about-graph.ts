import { toJson } from '@longrun/shared';
import { schemasOf } from '../project/describe/schemas.ts';
import { ANSWERS, type AnswerTo, type CallOf } from './calls.ts';
import { hasMethod, withMethod } from './graph-methods.ts';
import { openAlone, type ReaderParts } from './open-graph.ts';

/** Nodes and edges; with `xray` those of graphs within nodes too, a number of levels deep or all. */
export async function drawGraph(parts: ReaderParts, call: CallOf<'graph'>): Promise<AnswerTo<'graph'>> {
  const { graph } = await openAlone(parts, call);
  const drawing = await withMethod(graph, 'getGraphAsync').getGraphAsync({ ...call.config, xray: call.xray });
  return ANSWERS.graph.parse(toJson(drawing.toJSON()));
}

/** By namespace: the nodes on the way, joined by `|`. */
export async function subgraphsOf(
  parts: ReaderParts,
  call: CallOf<'subgraphs'>,
): Promise<Record<string, object>> {
  const { graph, importLangGraph } = await openAlone(parts, call);
  const { namespace, recurse } = call;
  const found = hasMethod(graph, 'getSubgraphsAsync')
    ? graph.getSubgraphsAsync(namespace, recurse)
    : withMethod(graph, 'getSubgraphs').getSubgraphs(namespace, recurse);
  const schemas: [string, object][] = [];
  for await (const [name, inner] of found) schemas.push([name, await schemasOf(inner, importLangGraph)]);
  return Object.fromEntries(schemas);
}

export async function schemasOfGraph(parts: ReaderParts, call: CallOf<'schemas'>): Promise<object> {
  const { graph, importLangGraph } = await openAlone(parts, call);
  return { graph_id: call.graph_id, ...(await schemasOf(graph, importLangGraph)) };
}
