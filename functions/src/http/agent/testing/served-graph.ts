import { Client } from '@langchain/langgraph-sdk';
import { afterAll, beforeAll } from 'vitest';
import { localReader } from '../../../graph-reader/testing.ts';
import type { RunTask } from '../../../ports/task-queue.ts';
import { Lab } from '../../../runtime/testing/lab.ts';
import { serveApi, type ApiServer } from '../../testing.ts';

/** What a test of LangGraph's own client asks: the API, and a real worker that is handed each task at once. */
export interface ServedGraph {
  readonly lab: Lab;
  readonly api: ApiServer;
  readonly client: Client;
}

/** For a file of tests. `beforeEnd` lets go of what would hold up runs that still go on. */
export function useServedGraph(graph: unknown, beforeEnd = (): void => {}): ServedGraph {
  const working = new Set<Promise<unknown>>();
  const deliver = (task: RunTask) => {
    const done: Promise<unknown> = lab.worker.handle(task).finally(() => working.delete(done));
    working.add(done);
  };
  const lab = new Lab({
    graph,
    queue: { enqueue: async (task) => void setImmediate(deliver, task), check: async () => {} },
  });
  const now: { api?: ApiServer; client?: Client } = {};
  const given = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('Only a running test has an API.');
    return value;
  };
  beforeAll(async () => {
    now.api = await serveApi(lab, { reader: localReader(lab.store, graph) });
    now.client = new Client({
      apiUrl: `${now.api.url}/api`,
      apiKey: null,
      callerOptions: { maxRetries: 0 },
    });
  });
  afterAll(async () => {
    beforeEnd();
    await Promise.all(working);
    await now.api?.close();
  });
  return {
    lab,
    get api() {
      return given(now.api);
    },
    get client() {
      return given(now.client);
    },
  };
}
