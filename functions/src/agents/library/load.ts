import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { formatOf, MAX_BYTES, type Format } from './parse/formats.ts';
import type { Parser } from './parse/parser.ts';
import { readBounded, walk, type Found } from './files.ts';
import {
  isDocumentationFolder,
  isPackageDocument,
  isProse,
  Manifests,
  packageFolders,
  packageName,
} from './package-docs.ts';
import { toPassages, type DocumentPassage } from './passages.ts';

export interface LibraryDocument {
  id: string;
  title: string;
  /** What it says of itself as a whole: its package's description and keywords, or its first words. */
  about: string;
  text: string;
  format: Format;
  passages: DocumentPassage[];
}

export interface Problem {
  id: string;
  reason: string;
}

const MAX_FILES = 5_000;
/** Of text, all documents together: the index of it is held in memory. Characters. */
const MAX_TOTAL_CHARS = 24_000_000;
const MAX_TITLE = 200;
const MAX_ABOUT = 400;

/** Files of a folder, or of the installed packages when none is named, in the order in which they are read. */
export async function findFiles(
  dir: string | undefined,
  problem: (problem: Problem) => void,
): Promise<Found[]> {
  const report = (id: string, reason: string) => problem({ id, reason });
  const files: Found[] = [];
  for await (const file of dir === undefined ? inPackages(report) : inFolder(dir, report)) files.push(file);
  return files;
}

/** The documents in these files. What cannot be read is reported. */
export async function* loadDocuments(
  files: Found[],
  options: { ofPackages: boolean; parser: Parser; problem: (problem: Problem) => void },
): AsyncGenerator<LibraryDocument> {
  const { ofPackages, parser, problem } = options;
  const seen = new Set<string>();
  const ids = new Set<string>();
  const manifests = ofPackages ? new Manifests() : undefined;
  let total = 0;
  for (const file of files) {
    try {
      const document = await load(file, { manifests, seen, parser });
      if (document === undefined || ids.has(document.id)) continue;
      total += document.text.length;
      if (total > MAX_TOTAL_CHARS) {
        const reason = `The library holds at most ${MAX_TOTAL_CHARS} characters; the rest is left out.`;
        problem({ id: file.id, reason });
        return;
      }
      ids.add(document.id);
      yield document;
    } catch (error) {
      problem({ id: file.id, reason: error instanceof Error ? error.message : String(error) });
    }
  }
}

function inFolder(dir: string, problem: (id: string, reason: string) => void): AsyncIterable<Found> {
  const enter = (name: string) => !name.startsWith('.') && name !== 'node_modules';
  return walk(dir, { limit: MAX_FILES, problem, enter, wanted: (name) => formatOf(name) !== undefined });
}

async function* inPackages(problem: (id: string, reason: string) => void) {
  const manifests = new Manifests();
  const options = { limit: MAX_FILES, problem, enter: isDocumentationFolder, wanted: isPackageDocument };
  for (const folder of await packageFolders()) {
    const files: Found[] = [];
    for await (const file of walk(folder, options)) files.push(file);
    yield* await manifests.newest(files);
  }
}

/** Undefined for a copy of a document that is already there, and for one without text. */
async function load(
  file: Found,
  { manifests, seen, parser }: { manifests: Manifests | undefined; seen: Set<string>; parser: Parser },
): Promise<LibraryDocument | undefined> {
  const format = formatOf(file.id);
  if (format === undefined) return undefined;
  const bytes = await readBounded(file.path, MAX_BYTES[format]);
  const digest = createHash('sha256').update(bytes).digest('base64');
  if (seen.has(digest)) return undefined;
  seen.add(digest);
  const { title, blocks } = await parser.parse(format, bytes);
  const isPackage = manifests !== undefined;
  const passages = toPassages(isPackage ? blocks.filter(({ heading }) => isProse(heading)) : blocks);
  const [first] = passages;
  if (first === undefined) return undefined;
  const described = (await manifests?.description(file)) ?? '';
  return {
    id: file.id,
    title: (title ?? (isPackage ? packageName(file.id) : basename(file.id))).slice(0, MAX_TITLE),
    about: (described === '' ? first.text : described).slice(0, MAX_ABOUT),
    text: passages.map((passage) => passage.text).join('\n\n'),
    format,
    passages,
  };
}
