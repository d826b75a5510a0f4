import type { DocumentQuery, Documents, StoredDocument, Unsubscribe } from '../../ports/documents.ts';
import { ownListener } from '../own-listener.ts';
import { checkPath, checkQuery, checkWrites, InvalidCall } from '../validate.ts';
import { runQuery, sumOf } from './query.ts';
import { applyWrites, type Table } from './table.ts';

export interface MemoryOptions {
  /** Awaited before each call takes effect and before each notification; may delay it, or reject to fail it. */
  before?: (call: string) => Promise<void>;
  /** Awaited after a commit took effect; rejecting loses the acknowledgement. */
  after?: (call: string) => Promise<void>;
}

/**
 * Documents in memory, for the simulator and for tests. Deterministic: no timers, no clock, no randomness;
 * versions count the commits. `call` names the operation and its paths, as in `commit create runs/1 set runs/2`.
 */
export function memoryDocuments(options: MemoryOptions = {}): Documents {
  const before = options.before ?? (async () => {});
  const after = options.after ?? (async () => {});
  const listeners = new Set<() => void>();
  const table: Table = new Map();
  let commits = 0;

  /** Calls back for every state of the table in which `look` sees a change, one at a time, in order. */
  function listen<T>(
    call: string,
    look: () => { changed: T } | undefined,
    onChange: (changed: T) => void,
    onError: (error: Error) => void,
  ): Unsubscribe {
    const own = ownListener(onChange, onError, () => void listeners.delete(notify));
    const deliver = async (changed: T) => {
      if (!listeners.has(notify)) return;
      try {
        await before(call);
      } catch (error) {
        if (listeners.has(notify)) own.fail(error);
      }
      if (listeners.has(notify)) own.change(structuredClone(changed));
    };
    let queue: Promise<void> = Promise.resolve();
    const notify = () => {
      const seen = look();
      if (seen !== undefined) queue = queue.then(() => deliver(seen.changed));
    };
    listeners.add(notify);
    notify();
    return () => void listeners.delete(notify);
  }

  return {
    async get(paths) {
      for (const path of paths) checkPath(path, 'document');
      if (paths.length === 0) return [];
      await before(`get ${paths.join(' ')}`);
      return paths.map((path) => structuredClone(table.get(path)));
    },

    async query(query) {
      checkQuery(query);
      await before(`query ${query.collection}`);
      return structuredClone(runQuery(table.values(), query));
    },

    async count(query) {
      checkQuery(query);
      await before(`count ${query.collection}`);
      return runQuery(table.values(), query).length;
    },

    async sum(query, field) {
      checkQuery(query);
      await before(`sum ${query.collection}`);
      return sumOf(runQuery(table.values(), query), field);
    },

    async commit(writes) {
      checkWrites(writes);
      if (writes.length === 0) return;
      const copy = structuredClone(writes);
      const call = `commit ${writes.map(({ op, path }) => `${op} ${path}`).join(' ')}`;
      await before(call);
      applyWrites(table, copy, String(++commits));
      for (const notify of listeners) notify();
      await after(call);
    },

    watch(path, onChange, onError) {
      checkPath(path, 'document');
      let last: StoredDocument | undefined | null = null;
      const look = () => {
        const document = table.get(path);
        if (document === last) return undefined;
        last = document;
        return { changed: document };
      };
      return listen(`watch ${path}`, look, onChange, onError);
    },

    watchQuery(query: DocumentQuery, onChange, onError) {
      checkQuery(query);
      if (query.select !== undefined) throw new InvalidCall('A watched query returns whole documents.');
      let last: Set<StoredDocument> | undefined;
      const look = () => {
        const found = runQuery(table.values(), query);
        const changed = found.filter((document) => last?.has(document) !== true);
        const first = last === undefined;
        last = new Set(found);
        return first || changed.length > 0 ? { changed } : undefined;
      };
      return listen(`watchQuery ${query.collection}`, look, onChange, onError);
    },
  };
}
