import { AsyncLocalStorage } from 'node:async_hooks';

const graphs = new AsyncLocalStorage<string>();

/** Whatever loading the graph starts, timers and callbacks too, is known to be that graph's for as long as it lives. */
export function asLoading<T>(graph: string, load: () => Promise<T>): Promise<T> {
  return graphs.run(graph, load);
}

/** The graph whose loading left behind what is being executed; to be asked where nobody else can tell, as `uncaughtException`. */
export function graphThatLeft(): string | undefined {
  return graphs.getStore();
}
