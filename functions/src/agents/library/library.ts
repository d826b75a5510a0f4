import { setImmediate } from 'node:timers/promises';
import MiniSearch from 'minisearch';
import { loadDocuments, type LibraryDocument, type Problem } from './load.ts';
import { isStopword, stem, terms, words } from './terms.ts';

export interface Passage {
  /** `<document>#p<n>` */
  id: string;
  document: string;
  title: string;
  heading: string;
  text: string;
  /** Of the passage in its document, from 1. */
  n: number;
  /** BM25; comparable within one search only. */
  score: number;
  url: string;
}

export interface Library {
  /** Passages that can be found. */
  size: number;
  /** Files that were left out, and why. */
  problems: readonly Problem[];
  /** Best first. `limit` is 10 unless told, at most 100. */
  search(query: string, options?: { limit?: number }): Passage[];
  document(id: string): Promise<LibraryDocument | undefined>;
  /** What a document says of itself as a whole; empty for one that is not there. */
  about(id: string): string;
  /** How much a term tells, by how few of the passages hold it (inverse document frequency). Above 0. */
  rarity(term: string): number;
}

/** Longest stretch of indexing before other work gets its turn. */
const SLICE_MS = 15;
const MAX_LIMIT = 100;
const MAX_QUERY = 1_000;

/** Reads and indexes a folder, or the installed packages' documentation when `dir` is left out. */
export async function openLibrary(options: { dir?: string } = {}): Promise<Library> {
  const documents = new Map<string, LibraryDocument>();
  const passages: Omit<Passage, 'score'>[] = [];
  const problems: Problem[] = [];
  const index = newIndex();
  const holding = new Map<string, number>();
  let since = performance.now();
  for await (const document of loadDocuments(options.dir, (problem) => problems.push(problem))) {
    documents.set(document.id, document);
    for (const { n, text, heading = '' } of document.passages) {
      const id = passages.length;
      const { title, about } = document;
      passages.push({
        id: `${document.id}#p${n}`,
        document: document.id,
        title,
        heading,
        text,
        n,
        url: urlOf(document.id, n),
      });
      index.add({ id, title, about, heading, text });
      for (const term of new Set(terms(`${heading} ${text}`)))
        holding.set(term, (holding.get(term) ?? 0) + 1);
      if (performance.now() - since > SLICE_MS) {
        await setImmediate();
        since = performance.now();
      }
    }
  }
  return {
    size: passages.length,
    problems,
    search: (query, { limit = 10 } = {}) =>
      index
        .search(query.slice(0, MAX_QUERY))
        .slice(0, Math.min(Math.max(limit, 0), MAX_LIMIT))
        .flatMap(({ id, score }) => {
          const passage = passages[Number(id)];
          return passage === undefined ? [] : [{ ...passage, score }];
        }),
    document: (id) => Promise.resolve(documents.get(id)),
    about: (id) => documents.get(id)?.about ?? '',
    // Smoothed, so that in a small library a word it does not know is not everything.
    rarity: (term) => Math.log(1 + (passages.length + 1) / ((holding.get(term) ?? 0) + 1)),
  };
}

function newIndex() {
  return new MiniSearch<{ id: number; title: string; about: string; heading: string; text: string }>({
    fields: ['title', 'about', 'heading', 'text'],
    tokenize: words,
    processTerm: (word) => (isStopword(word) ? null : stem(word)),
    searchOptions: { boost: { title: 1.5, about: 1, heading: 2 }, combineWith: 'OR' },
  });
}

function urlOf(document: string, n: number): string {
  return `/library/${document.split('/').map(encodeURIComponent).join('/')}#p${n}`;
}
