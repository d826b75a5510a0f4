import MiniSearch, { type Options } from 'minisearch';
import { KeptIndex, stateOf, type Kept } from './kept-index.ts';
import { findFiles, loadDocuments, type LibraryDocument, type Problem } from './load.ts';
import { Parser, type ParserLimits } from './parse/parser.ts';
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

/** What ranking asks of a library. */
export interface Facts {
  /** What each document says of itself as a whole; none for one that is not there. */
  about: ReadonlyMap<string, string>;
  /** How much each term tells, by how few of the passages hold it (inverse document frequency). Above 0. */
  rarity: ReadonlyMap<string, number>;
}

export interface Library {
  /** Passages that can be found. */
  size: number;
  /** Files that were left out, and why. */
  problems: readonly Problem[];
  /** Best first. `limit` is 10 unless told, at most 100. */
  search(query: string, options?: { limit?: number }): Promise<Passage[]>;
  document(id: string): Promise<LibraryDocument | undefined>;
  facts(documents: readonly string[], terms: readonly string[]): Promise<Facts>;
}

const MAX_LIMIT = 100;
const MAX_QUERY = 1_000;

/**
 * Reads and indexes a folder, or the installed packages' documentation when `dir` is left out; takes the index from the
 * folder `keep` when it was made of the same files. Keeps its thread busy meanwhile.
 */
export async function openLibrary(
  options: { dir?: string | undefined; keep?: string | undefined; limits?: ParserLimits } = {},
): Promise<Library> {
  const { dir, keep, limits } = options;
  const problems: Problem[] = [];
  const files = await findFiles(dir, (problem) => problems.push(problem));
  const kept = keep === undefined ? undefined : new KeptIndex(keep, await stateOf(files));
  const known = await kept?.read();
  if (known !== undefined) return libraryOf(known, MiniSearch.loadJS(known.index, INDEX));
  const documents: LibraryDocument[] = [];
  const index = new MiniSearch<Indexed>(INDEX);
  const holding = new Map<string, number>();
  const parser = new Parser(limits);
  const reading = { ofPackages: dir === undefined, parser, problem: (one: Problem) => problems.push(one) };
  let id = 0;
  for await (const document of loadDocuments(files, reading)) {
    documents.push(document);
    const { title, about } = document;
    for (const { text, heading = '' } of document.passages) {
      index.add({ id: id++, title, about, heading, text });
      for (const term of new Set(terms(`${heading} ${text}`)))
        holding.set(term, (holding.get(term) ?? 0) + 1);
    }
  }
  await parser.close();
  const made = { documents, problems, holding: [...holding], index: index.toJSON() };
  await kept?.write(made);
  return libraryOf(made, index);
}

function libraryOf(made: Omit<Kept, 'index'>, index: MiniSearch<Indexed>): Library {
  const documents = new Map(made.documents.map((document) => [document.id, document]));
  const passages = made.documents.flatMap(passagesOf);
  const holding = new Map(made.holding);
  // Smoothed, so that in a small library a word it does not know is not everything.
  const rarity = (term: string) => Math.log(1 + (passages.length + 1) / ((holding.get(term) ?? 0) + 1));
  return {
    size: passages.length,
    problems: made.problems,
    search: async (query, { limit = 10 } = {}) =>
      index
        .search(query.slice(0, MAX_QUERY))
        .slice(0, Math.min(Math.max(limit, 0), MAX_LIMIT))
        .flatMap(({ id, score }) => {
          const passage = passages[Number(id)];
          return passage === undefined ? [] : [{ ...passage, score }];
        }),
    document: async (id) => documents.get(id),
    facts: async (ids, asked) => ({
      about: new Map(ids.map((id) => [id, documents.get(id)?.about ?? ''])),
      rarity: new Map(asked.map((term) => [term, rarity(term)])),
    }),
  };
}

function passagesOf({ id, title, passages }: LibraryDocument): Omit<Passage, 'score'>[] {
  return passages.map(({ n, text, heading = '' }) => ({
    id: `${id}#p${n}`,
    document: id,
    title,
    heading,
    text,
    n,
    url: urlOf(id, n),
  }));
}

interface Indexed {
  id: number;
  title: string;
  about: string;
  heading: string;
  text: string;
}

const INDEX: Options<Indexed> = {
  fields: ['title', 'about', 'heading', 'text'],
  tokenize: words,
  processTerm: (word) => (isStopword(word) ? null : stem(word)),
  searchOptions: { boost: { title: 1.5, about: 1, heading: 2 }, combineWith: 'OR' },
};

function urlOf(document: string, n: number): string {
  return `/library/${document.split('/').map(encodeURIComponent).join('/')}#p${n}`;
}
