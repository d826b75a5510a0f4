import type { Facts, Library, Passage } from '../library.ts';
import type { LibraryDocument } from '../load.ts';
import type { Answer, Opened, Request } from './protocol.ts';
import { startThread } from './start.ts';

/** The library holds so much text that an index of it takes a multiple of what a document may. */
const MAX_MB = 2_000;

/**
 * The library in a thread of its own; resolves when its index is there. Rejects when it cannot be made, and `onEnd` is
 * called should the thread end later, with whatever was asked of it.
 */
export async function openInThread(onEnd: () => void): Promise<Library> {
  const worker = startThread('index', { maxMb: MAX_MB });
  const asked = new Map<number, PromiseWithResolvers<unknown>>();
  const opened = Promise.withResolvers<Extract<Opened, { opened: unknown }>['opened']>();
  let ended = false;
  const end = (error: Error) => {
    if (ended) return;
    ended = true;
    opened.reject(error);
    for (const { reject } of asked.values()) reject(error);
    asked.clear();
    onEnd();
    void worker.terminate();
  };
  worker.on('error', end);
  worker.on('exit', (code) => end(new Error(`The library's thread ended with exit code ${code}.`)));
  worker.on('message', (message: Answer | Opened) => {
    if ('opened' in message) opened.resolve(message.opened);
    else if ('failed' in message) end(new Error(message.failed));
    else {
      const waiting = asked.get(message.id);
      asked.delete(message.id);
      if ('error' in message) waiting?.reject(new Error(message.error));
      else waiting?.resolve(message.value);
    }
  });
  let last = 0;
  const ask = <T>(call: Request['call']): Promise<T> => {
    const waiting = Promise.withResolvers<unknown>();
    last += 1;
    asked.set(last, waiting);
    worker.postMessage({ id: last, call } satisfies Request, []);
    // Both ends are ours, and of one version.
    return waiting.promise as Promise<T>;
  };
  const { size, problems } = await opened.promise;
  return {
    size,
    problems,
    search: (query, options = {}) => ask<Passage[]>({ method: 'search', query, options }),
    document: (document) => ask<LibraryDocument | undefined>({ method: 'document', document }),
    facts: (documents, terms) => ask<Facts>({ method: 'facts', documents, terms }),
  };
}
