import { useCallback, useEffect } from 'react';
import type { Graphs } from '../../lib/api.ts';
import { words } from '../../lib/format.ts';
import { useServices, type Services } from '../../lib/services.ts';
import { createStore, useStore } from '../../lib/store.ts';

export type GraphsState =
  { state: 'loading' } | { state: 'failed'; error: Error } | ({ state: 'known' } & Graphs);

const stores = new WeakMap<Services, ReturnType<typeof createStore<GraphsState>>>();

function storeOf(services: Services) {
  const known = stores.get(services);
  if (known !== undefined) return known;
  const made = createStore<GraphsState>({ state: 'loading' });
  stores.set(services, made);
  read(services, made);
  return made;
}

function read(services: Services, store: ReturnType<typeof createStore<GraphsState>>): void {
  services.api.graphs().then(
    (graphs) => store.set({ state: 'known', ...graphs }),
    (error: unknown) =>
      store.set({ state: 'failed', error: error instanceof Error ? error : new Error(String(error)) }),
  );
}

/** What can be run, read once. `again` after a failure. */
export function useGraphs(): GraphsState & { again: () => void } {
  const services = useServices();
  const store = storeOf(services);
  const state = useStore(store);
  // What failed while there was no connection is read when there is one.
  useEffect(
    () =>
      services.connection.state.subscribe(() => {
        if (store.get().state === 'failed' && services.connection.state.get().kind === 'ok')
          read(services, store);
      }),
    [services, store],
  );
  return { ...state, again: () => read(services, store) };
}

/** What a graph and its steps are called. */
export function useNames(assistantId: string): {
  graph: string;
  step: (node: string) => string;
  model: string | null;
} {
  const graphs = useGraphs();
  const known = graphs.state === 'known' ? graphs : null;
  const info = known?.graphs.find(({ id }) => id === assistantId);
  const step = useCallback((node: string) => info?.steps[node] ?? words(node), [info]);
  return {
    graph: info?.title ?? words(assistantId),
    step,
    model: info?.uses_model === true ? (known?.model ?? null) : null,
  };
}
