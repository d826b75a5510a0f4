import { AsyncBatchedStore, type BaseStore, type Operation } from '@langchain/langgraph-checkpoint';

interface Waiting {
  operation: Operation;
  resolve: (result: unknown) => void;
  reject: (reason: unknown) => void;
}

const waiting = new WeakMap<object, Waiting[]>();

/**
 * LangGraph puts a queue (AsyncBatchedStore) between a graph and its store, which looks for work about a thousand
 * times a second for as long as a run lasts: measured, 3 % of a processor for each run that only waits. This
 * makes the queue of the installed copy wait for work instead. Calls of one turn of the event loop still make one
 * batch. A graph that brings its own copy of LangGraph is served as before.
 */
export function quietQueue(): void {
  Object.assign(AsyncBatchedStore.prototype, {
    processBatchQueue: () => Promise.resolve(),
    enqueueOperation(this: { store: BaseStore }, operation: Operation): Promise<unknown> {
      return new Promise((resolve, reject) => {
        const queue = waiting.get(this) ?? [];
        queue.push({ operation, resolve, reject });
        if (queue.length > 1) return;
        waiting.set(this, queue);
        setImmediate(() => {
          waiting.delete(this);
          void flush(this.store, queue);
        });
      });
    },
  });
}

/**
 * Never rejects: each call hears of its own result. When a batch is refused its calls are made one by one, for tasks that
 * run side by side share it and only one of them may have asked for what cannot be.
 */
async function flush(store: BaseStore, queue: Waiting[]): Promise<void> {
  try {
    const results: unknown[] = await store.batch(queue.map(({ operation }) => operation));
    for (const [i, { resolve }] of queue.entries()) resolve(results[i]);
  } catch (error) {
    if (queue.length === 1) queue[0]?.reject(error);
    else for (const one of queue) await flush(store, [one]);
  }
}
