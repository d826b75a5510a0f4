import type { Documents, Unsubscribe } from '../ports/documents.ts';

/** Documents whose client is loaded with the first call: Firestore's takes longer to load than all else together. */
export function lazyDocuments(open: () => Promise<Documents>): Documents {
  let opened: Documents | undefined;
  const ready = async () => (opened ??= await open());
  const watching = (watch: (documents: Documents) => Unsubscribe, onError: (error: Error) => void) => {
    if (opened !== undefined) return watch(opened);
    let stop: Unsubscribe | undefined;
    let stopped = false;
    const start = async () => {
      try {
        const documents = await ready();
        if (!stopped) stop = watch(documents);
      } catch (error) {
        if (!stopped) onError(error instanceof Error ? error : new Error(String(error)));
      }
    };
    void start();
    return () => {
      stopped = true;
      stop?.();
    };
  };
  return {
    get: async (paths) => (await ready()).get(paths),
    query: async (query) => (await ready()).query(query),
    count: async (query) => (await ready()).count(query),
    sum: async (query, field) => (await ready()).sum(query, field),
    async commit(writes) {
      if (opened !== undefined) return opened.commit(writes);
      // The caller may change afterwards what it passed.
      const passed = structuredClone(writes);
      return (await ready()).commit(passed);
    },
    watch: (path, onChange, onError) =>
      watching((documents) => documents.watch(path, onChange, onError), onError),
    watchQuery: (query, onChange, onError) =>
      watching((documents) => documents.watchQuery(query, onChange, onError), onError),
  };
}
