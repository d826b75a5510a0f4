import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { formatOf, MAX_BYTES, parseFile, type Format } from './formats.ts';
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

/** Documents of a folder, or of the installed packages when none is named. What cannot be read is reported. */
export async function* loadDocuments(
  dir: string | undefined,
  problem: (problem: Problem) => void,
): AsyncGenerator<LibraryDocument> {
  const report = (id: string, reason: string) => problem({ id, reason });
  const seen = new Set<string>();
  const ids = new Set<string>();
  const manifests = new Manifests();
  const files = dir === undefined ? inPackages(manifests, report) : inFolder(dir, report);
  let total = 0;
  for await (const file of files) {
    try {
      const document = await load(file, dir === undefined ? manifests : undefined, seen);
      if (document === undefined || ids.has(document.id)) continue;
      total += document.text.length;
      if (total > MAX_TOTAL_CHARS) {
        report(file.id, `The library holds at most ${MAX_TOTAL_CHARS} characters; the rest is left out.`);
        return;
      }
      ids.add(document.id);
      yield document;
    } catch (error) {
      report(file.id, error instanceof Error ? error.message : String(error));
    }
  }
}

function inFolder(dir: string, problem: (id: string, reason: string) => void): AsyncIterable<Found> {
  const enter = (name: string) => !name.startsWith('.') && name !== 'node_modules';
  return walk(dir, { limit: MAX_FILES, problem, enter, wanted: (name) => formatOf(name) !== undefined });
}

async function* inPackages(manifests: Manifests, problem: (id: string, reason: string) => void) {
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
  manifests: Manifests | undefined,
  seen: Set<string>,
): Promise<LibraryDocument | undefined> {
  const format = formatOf(file.id);
  if (format === undefined) return undefined;
  const bytes = await readBounded(file.path, MAX_BYTES[format]);
  const digest = createHash('sha256').update(bytes).digest('base64');
  if (seen.has(digest)) return undefined;
  seen.add(digest);
  const { title, blocks } = await parseFile(format, bytes);
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
