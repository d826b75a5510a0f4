import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { Found } from './files.ts';

/** Compiled code, tests and samples hold thousands of folders and next to no prose. */
const CODE =
  /^(?:\..*|dist|build|cjs|esm|esm\d*|es|lib|src|types?|typings|tests?|__tests__|samples?|fixtures|protos|locales?|bin)$/i;
const NOT_DOCUMENTATION =
  /^(?:licen[cs]e|change-?log|changes|history|contributing|code[_-]of[_-]conduct|security|authors|maintainers|governance|releas|migrat|third-?party|notice|backers|sponsors|patron|todo)/i;

/** The folders named node_modules beside and above a module, nearest first. */
export async function packageFolders(from = fileURLToPath(import.meta.url)): Promise<string[]> {
  const found: string[] = [];
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules');
    const isFolder = await stat(candidate).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (isFolder) found.push(candidate);
    if (dirname(folder) === folder) return found;
  }
}

const NOT_PROSE =
  /^(?:related|licen[cs]e|contribut|(?:table of )?contents|sponsors|backers|maintainers|authors?|credits|security|badges|donat|support\b|see also|samples?$)/i;

/** Sections of links and thanks match many questions and answer none. */
export function isProse(heading: string | undefined): boolean {
  return heading === undefined || !NOT_PROSE.test(heading);
}

export function isPackageDocument(name: string): boolean {
  return /\.md$/i.test(name) && !NOT_DOCUMENTATION.test(name);
}

export function isDocumentationFolder(name: string): boolean {
  return !CODE.test(name);
}

/** `@google-cloud/tasks/README.md` -> `@google-cloud/tasks`, for a document without a title of its own. */
export function packageName(id: string): string {
  return splitId(id).name;
}

/** The name of a document's package, and the document's path within it. */
function splitId(id: string): { name: string; within: string } {
  const parts = id.split('/');
  const at = parts.lastIndexOf('node_modules') + 1;
  const end = parts[at]?.startsWith('@') === true ? at + 2 : at + 1;
  return { name: parts.slice(at, end).join('/'), within: parts.slice(end).join('/') };
}

const manifestSchema = z.object({
  version: z.string().catch(''),
  description: z.string().catch(''),
  keywords: z.array(z.string()).catch([]),
});
type Manifest = z.infer<typeof manifestSchema>;

/** What the `package.json` of a file's package says, read once for each; of one that cannot be read, nothing. */
export class Manifests {
  readonly #known = new Map<string, Promise<Manifest>>();

  of({ id, path }: Found): Promise<Manifest> {
    const root = path.slice(0, path.length - splitId(id).within.length);
    const known = this.#known.get(root) ?? readManifest(join(root, 'package.json'));
    this.#known.set(root, known);
    return known;
  }

  /** What the package says of itself; empty when it says nothing. */
  async description(file: Found): Promise<string> {
    const { description, keywords } = await this.of(file);
    return [description, keywords.join(', ')].filter((part) => part !== '').join(' ');
  }

  /** Of several installed versions of a package only the newest: the others say the same, or less. */
  async newest(files: Found[]): Promise<Found[]> {
    const groups = Map.groupBy(files, ({ id }) => Object.values(splitId(id)).join('/'));
    const kept = new Set<Found>();
    for (const group of groups.values()) {
      const versions = await Promise.all(
        group.map(async (file) => ({
          file,
          version: group.length === 1 ? '' : (await this.of(file)).version,
        })),
      );
      const best = versions.reduce((a, b) => (isNewer(b.version, a.version) ? b : a));
      kept.add(best.file);
    }
    return files.filter((file) => kept.has(file));
  }
}

async function readManifest(path: string): Promise<Manifest> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    // Not JSON, or no object: then it says nothing.
    return { version: '', description: '', keywords: [] };
  }
}

/** By the numbers of the versions; what stands behind them (`-beta.1`) does not count. */
function isNewer(a: string, b: string): boolean {
  return a.localeCompare(b, 'en', { numeric: true }) > 0;
}
