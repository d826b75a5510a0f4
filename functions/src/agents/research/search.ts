import { setImmediate } from 'node:timers/promises';
import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import { unlessAborted } from '../../lib/unless-aborted.ts';
import type { Library, Passage } from '../library/index.ts';

const HITS = 12;
/** What follows a passage under its heading explains it or shows the code, and ranks just below it. */
const NEIGHBOUR = 0.9;

/** The library, which is being indexed when it is needed first: whoever waits for it is told so, and may cancel. */
export async function opened(
  library: Promise<Library>,
  { writer, signal }: LangGraphRunnableConfig,
): Promise<Library> {
  const isThere = await Promise.race([library.then(() => true), setImmediate(false)]);
  if (!isThere)
    writer?.({ type: 'progress', text: 'the library is being indexed, once; the search goes on after it' });
  const found = signal === undefined ? await library : await unlessAborted(library, signal);
  signal?.throwIfAborted();
  // Only a signal leaves it open, and that has thrown.
  return found ?? (await library);
}

/** Passages for one query, with those that follow them in their documents. Reports each document it reads. */
export async function searchLibrary(
  library: Library,
  query: string,
  config: LangGraphRunnableConfig,
): Promise<Passage[]> {
  const hits = await library.search(query, { limit: HITS });
  const byDocument = Map.groupBy(hits, (hit) => hit.document);
  const found = new Map(hits.map((hit) => [hit.id, hit]));
  let done = 0;
  for (const [id, inDocument] of byDocument) {
    config.signal?.throwIfAborted();
    const document = await library.document(id);
    for (const hit of inDocument) {
      const next = document?.passages[hit.n];
      if (next === undefined || (next.heading ?? '') !== hit.heading) continue;
      const neighbour = following(hit, next);
      if (!found.has(neighbour.id)) found.set(neighbour.id, neighbour);
    }
    done += 1;
    const total = byDocument.size;
    config.writer?.({ type: 'progress', text: `reading ${done} of ${total} sources`, done, total });
    await setImmediate();
  }
  return [...found.values()];
}

function following(hit: Passage, next: { n: number; text: string }): Passage {
  const { n, text } = next;
  return {
    ...hit,
    id: `${hit.document}#p${n}`,
    n,
    text,
    url: hit.url.replace(/#p\d+$/, `#p${n}`),
    score: hit.score * NEIGHBOUR,
  };
}
