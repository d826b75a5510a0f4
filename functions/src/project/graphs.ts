import { errorMessage, LongrunError } from '@longrun/shared';
import type { Catalog } from './catalog.ts';
import { loadGraph, type LoadedGraph } from './load-graph.ts';
import { ProjectLoader } from './loader.ts';
import type { ServedGraph } from './served-graph.ts';

/** The project's graphs as the worker runs them. Modules are loaded on first use and kept. */
export class Graphs {
  readonly #catalog: Catalog;
  readonly #loader: ProjectLoader;
  readonly #loaded = new Map<string, Promise<LoadedGraph>>();

  constructor(catalog: Catalog, limitMs: number) {
    this.#catalog = catalog;
    this.#loader = new ProjectLoader({ folder: catalog.project.folder, limitMs });
  }

  /** Throws `unknown_graph`, or `graph_broken` with what the graph's own module says. */
  async get(id: string): Promise<ServedGraph> {
    return (await this.loaded(id)).served;
  }

  /** Likewise, with what else its module has. */
  loaded(id: string): Promise<LoadedGraph> {
    const known = this.#loaded.get(id);
    if (known !== undefined) return known;
    const loading = this.#load(id);
    this.#loaded.set(id, loading);
    // What the module waits for may be there at the next run.
    loading.catch(() => this.#loaded.delete(id));
    return loading;
  }

  /** In this process only after another one has done it and lived on. */
  async #load(id: string): Promise<LoadedGraph> {
    const entry = this.#catalog.require(id);
    await this.#catalog.ensureLoads(id);
    try {
      return await loadGraph(this.#loader, entry);
    } catch (error) {
      throw new LongrunError('graph_broken', errorMessage(error));
    }
  }
}
