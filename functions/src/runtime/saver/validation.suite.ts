import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import type { Documents } from '../../ports/documents.ts';
import { openSaver } from './testing.ts';

const globals = { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test };

/**
 * LangGraph's own conformance suite for checkpoint savers. The package expects vitest's functions as globals and
 * brings an older vitest that must not run, so ours are put in place before it is loaded.
 */
export async function conformanceSuite(name: string, open: () => Promise<Documents>): Promise<void> {
  Object.assign(globalThis, globals);
  const suite = await import('@langchain/langgraph-checkpoint-validation');
  const initializer = {
    checkpointerName: `DocumentSaver: ${name}`,
    createCheckpointer: async () => openSaver(await open()),
  };
  suite.validate(initializer);
  suite.deltaChannelHistoryTests(initializer);
}
