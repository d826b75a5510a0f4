import { LongrunError, errorMessage, type GraphInfo } from '@longrun/shared';
import type { Project } from './config.ts';
import { graphInfo } from './describe/graph-info.ts';
import { loadGraph, type LoadedGraph } from './load-graph.ts';
import { ProjectLoader } from './loader.ts';
import type { ServedGraph } from './served-graph.ts';

/** The graphs that `langgraph.json` names. Modules are loaded on first use and kept. */
export class Graphs {
  readonly #project: Project;
  readonly #loader: ProjectLoader;
  readonly #loaded = new Map<string, Promise<LoadedGraph>>();

  constructor(project: Project, limitMs: number) {
    this.#project = project;
    this.#loader = new ProjectLoader({ folder: project.folder, limitMs });
  }

  ids(): string[] {
    return [...this.#project.graphs.keys()];
  }

  has(id: string): boolean {
    return this.#project.graphs.has(id);
  }

  /** What can be run. A graph whose module cannot be loaded is listed with the reason, and hides no other. */
  describe(): Promise<GraphInfo[]> {
    return Promise.all(
      [...this.#project.graphs].map(async ([id, entry]) => {
        try {
          const { exported, meta } = await this.#load(id);
          return graphInfo(entry, meta, exported.kind === 'graph' ? Object.keys(exported.graph.nodes) : []);
        } catch (error) {
          return { ...graphInfo(entry, undefined, []), description: errorMessage(error) };
        }
      }),
    );
  }

  /** Throws `unknown_graph`, or `graph_broken` with what the graph's own module says. */
  async get(id: string): Promise<ServedGraph> {
    try {
      return (await this.#load(id)).served;
    } catch (error) {
      if (error instanceof LongrunError) throw error;
      throw new LongrunError('graph_broken', errorMessage(error));
    }
  }

  #load(id: string): Promise<LoadedGraph> {
    const entry = this.#project.graphs.get(id);
    if (entry === undefined) {
      throw new LongrunError(
        'unknown_graph',
        `There is no graph "${id}". Served are: ${this.ids().join(', ')}.`,
      );
    }
    const known = this.#loaded.get(id);
    if (known !== undefined) return known;
    const loading = loadGraph(this.#loader, entry);
    this.#loaded.set(id, loading);
    // What the module waits for may be there at the next run.
    loading.catch(() => this.#loaded.delete(id));
    return loading;
  }
}
