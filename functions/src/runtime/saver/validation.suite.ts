import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import type { Documents } from '../../ports/documents.ts';
import { directSink } from './direct-sink.ts';
import { DocumentSaver } from './saver.ts';

const globals = { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test };

/**
 * LangGraph's own conformance suite for checkpoint savers. The package expects vitest's functions as globals and
 * brings an older vitest that must not run, so ours are put in place before it is loaded.
 */
export async function conformanceSuite(
  name: string,
  open: () => Promise<Documents>,
  close = async () => {},
): Promise<void> {
  Object.assign(globalThis, globals);
  const suite = await import('@langchain/langgraph-checkpoint-validation');
  const initializer = {
    checkpointerName: `DocumentSaver: ${name}`,
    createCheckpointer: async () => {
      const documents = await open();
      // Its own place for each saver: the suite lists without naming a thread and expects to find its own only.
      const root = `conformance/${randomUUID()}/threads`;
      const threadPath = (id: string) => `${root}/${id}`;
      return new DocumentSaver({ documents, threadPath, sink: directSink(documents) });
    },
    afterAll: close,
  };
  suite.validate(initializer);
  suite.deltaChannelHistoryTests(initializer);
}
