import { parentPort } from 'node:worker_threads';
import { openLibrary, type Library } from '../library.ts';
import type { Answer, Opened, Request } from './protocol.ts';

/** The thread that makes the index and searches in it: both would hold up whatever else its process does. */
const library = openLibrary({
  dir: process.env['LIBRARY_DIR'] || undefined,
  keep: process.env['LIBRARY_INDEX'] || undefined,
});

library.then(
  ({ size, problems }) => tell({ opened: { size, problems } }),
  (error: unknown) => tell({ failed: String(error instanceof Error ? error.message : error) }),
);

parentPort?.on('message', ({ id, call }: Request) => {
  library
    .then((opened) => answerTo(opened, call))
    .then(
      (value) => parentPort?.postMessage({ id, value } satisfies Answer, []),
      (error: unknown) => parentPort?.postMessage({ id, error: String(error) } satisfies Answer, []),
    );
});

function answerTo(opened: Library, call: Request['call']): Promise<unknown> {
  switch (call.method) {
    case 'search':
      return opened.search(call.query, call.options);
    case 'document':
      return opened.document(call.document);
    case 'facts':
      return opened.facts(call.documents, call.terms);
  }
}

function tell(message: Opened): void {
  parentPort?.postMessage(message, []);
}
