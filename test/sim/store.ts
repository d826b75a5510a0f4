import { runQuery, sumOf } from '../../functions/src/adapters/memory/query.ts';
import { applyWrites, type Table } from '../../functions/src/adapters/memory/table.ts';
import { checkPath, checkQuery, checkWrites } from '../../functions/src/adapters/validate.ts';
import type { Documents, DocumentWrite, StoredDocument } from '../../functions/src/ports/documents.ts';
import { Unavailable, type Network } from './network.ts';
import type { Process, World } from './world.ts';

interface Listener {
  process: Process;
  path: string;
  onChange: (document: StoredDocument | undefined) => void;
  onError: (error: Error) => void;
  /** Changes are told in their order. */
  toldUntil: number;
}

/** The one durable store of a world, by the rules of the adapter in memory, behind a network. */
export class Store {
  readonly table: Table = new Map();
  readonly #world: World;
  readonly #network: Network;
  readonly #listeners = new Set<Listener>();
  readonly #onCommit: (writes: DocumentWrite[]) => void;
  #commits = 0;

  /** `onCommit` sees every commit just after it took effect. */
  constructor(world: World, network: Network, onCommit: (writes: DocumentWrite[]) => void) {
    this.#world = world;
    this.#network = network;
    this.#onCommit = onCommit;
  }

  /** The store as a process sees it. */
  documents(process: Process): Documents {
    return {
      get: (paths) => {
        for (const path of paths) checkPath(path, 'document');
        if (paths.length === 0) return Promise.resolve([]);
        return this.#network.request(
          process,
          'read',
          () => `get ${brief(paths)}`,
          () => paths.map((path) => this.table.get(path)),
        );
      },
      query: (query) => {
        checkQuery(query);
        return this.#network.request(
          process,
          'read',
          () => `query ${brief([query.collection])}`,
          () => runQuery(this.table.values(), query),
        );
      },
      count: (query) => {
        checkQuery(query);
        return this.#network.request(
          process,
          'read',
          () => `count ${brief([query.collection])}`,
          () => runQuery(this.table.values(), query).length,
        );
      },
      sum: (query, field) => {
        checkQuery(query);
        return this.#network.request(
          process,
          'read',
          () => `sum ${brief([query.collection])}`,
          () => sumOf(runQuery(this.table.values(), query), field),
        );
      },
      commit: async (writes) => {
        checkWrites(writes);
        if (writes.length === 0) return;
        const what = () => `commit ${writes.map(({ op, path }) => `${op} ${brief([path])}`).join(', ')}`;
        await this.#network.request(process, 'commit', what, () => this.#commit(writes));
      },
      watch: (path, onChange, onError) => {
        const listener: Listener = { process, path, onChange, onError, toldUntil: 0 };
        this.#listeners.add(listener);
        this.#tell(listener);
        return () => void this.#listeners.delete(listener);
      },
      watchQuery: () => {
        throw new Error('Nothing that is simulated watches a query.');
      },
    };
  }

  /** What happens to listeners when the connection of a process is lost for good. */
  loseListeners(process: Process): void {
    for (const listener of this.#listeners) {
      if (listener.process !== process) continue;
      this.#listeners.delete(listener);
      this.#world.after(0, process, () => listener.onError(new Unavailable('lost listener')));
    }
  }

  #commit(writes: DocumentWrite[]): void {
    applyWrites(this.table, writes, String(++this.#commits));
    this.#onCommit(writes);
    for (const listener of this.#listeners) {
      if (writes.some(({ path }) => path === listener.path)) this.#tell(listener);
    }
  }

  #tell(listener: Listener): void {
    const world = this.#world;
    const document = this.table.get(listener.path);
    const time = Math.max(listener.toldUntil, world.now + this.#network.latency());
    listener.toldUntil = time;
    world.after(time - world.now, listener.process, () => {
      if (this.#listeners.has(listener)) listener.onChange(document);
    });
  }
}

/** Paths without the owner and with short ids, for the trace. */
function brief(paths: string[]): string {
  return paths
    .map((path) =>
      path.replace(/^users\/[^/]+\//, '').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => id.slice(0, 4)),
    )
    .join(' ');
}
