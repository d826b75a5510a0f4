import type { ServedGraph } from '../../functions/src/project/served-graph.ts';
import { servedBy, type Copy } from './copies.ts';
import { asks, both, fewOffers, nested, offers, pair, within } from './graphs/asking.ts';
import type { Edition, SimulatedGraph } from './graphs/edition.ts';
import { charges, confirms } from './graphs/functional.ts';
import { fan, fork, handOver, line, loop, narrow, queued } from './graphs/plain.ts';
import { around, asksBehind, free, gates, gatesWithin } from './graphs/stopping.ts';

const GRAPHS = {
  line,
  fan,
  narrow,
  queued,
  fork,
  loop,
  handOver,
  asks,
  both,
  nested,
  within,
  pair,
  offers,
  fewOffers,
  gates,
  around,
  free,
  asksBehind,
  gatesWithin,
  charges,
  confirms,
} as const satisfies Record<string, SimulatedGraph>;
export type GraphName = keyof typeof GRAPHS;

export const GRAPH_NAMES = Object.keys(GRAPHS);

export const graphOf = (name: GraphName): SimulatedGraph => GRAPHS[name];

const built = new Map<string, unknown>();
const compiled = new Map<string, Promise<ServedGraph>>();

/** The graph as its module exports it. */
export function exportedGraph(name: string, edition: Edition): unknown {
  const key = `${name} ${edition}`;
  const graph: SimulatedGraph | undefined = GRAPHS[name as GraphName];
  if (graph === undefined) throw new Error(`There is no graph ${name}.`);
  if (!built.has(key)) built.set(key, graph.build(edition));
  return built.get(key);
}

/** The graph as a project has it that brings this copy of LangGraph along. */
export function graphNamed(name: string, edition: Edition, copy: Copy): Promise<ServedGraph> {
  const key = `${name} ${edition} ${copy}`;
  let served = compiled.get(key);
  if (served === undefined) compiled.set(key, (served = servedBy(copy, exportedGraph(name, edition), name)));
  return served;
}
