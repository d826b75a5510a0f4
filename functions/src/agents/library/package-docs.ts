import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
  /^(?:related|licen[cs]e|contribut|(?:table of )?contents|sponsors|backers|maintainers|authors?|credits|security|badges|donat|support\b|see also)/i;

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
  const parts = id.split('/');
  const at = parts.lastIndexOf('node_modules') + 1;
  return parts.slice(at, parts[at]?.startsWith('@') === true ? at + 2 : at + 1).join('/');
}
