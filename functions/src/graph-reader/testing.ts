import { exportedGraph } from '../project/export.ts';
import { served } from '../project/testing/served.ts';
import type { RunStore } from '../runtime/runs/run-store.ts';
import { answer } from './answer.ts';
import type { ReaderParts } from './open-graph.ts';
import { graphReader, type GraphReader } from './reader.ts';

const ENTRY = { place: 'test', file: 'test', exportName: 'graph', description: '' };

/** Answers in the process of the test, for graphs of its own module. */
export function localReader(store: RunStore, graph: unknown, version?: string): GraphReader {
  const parts: ReaderParts = {
    store,
    graphs: {
      loaded: async (id) => ({
        served: await served(graph, id, version),
        exported: await exportedGraph({ graph }, { ...ENTRY, id }),
        importLangGraph: async (specifier) => (await import(specifier)) as Record<string, unknown>,
      }),
    },
  };
  return graphReader((call) => answer(parts, call));
}
