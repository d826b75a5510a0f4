import { afterAll, beforeAll, describe } from 'vitest';
import type { Documents } from '../ports/documents.ts';
import { commitSuite } from './documents-suite/commit.ts';
import { readSuite } from './documents-suite/read.ts';
import { watchSuite } from './documents-suite/watch.ts';

export interface OpenDocuments {
  documents: Documents;
  close(): Promise<void>;
}

/** What every document store must do; each adapter's test runs it against the real thing. */
export function documentsSuite(name: string, open: () => Promise<OpenDocuments>): void {
  describe(`documents: ${name}`, () => {
    let opened: OpenDocuments;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    for (const suite of [commitSuite, readSuite, watchSuite]) suite(() => opened.documents);
  });
}
