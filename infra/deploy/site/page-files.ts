import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { contentType } from '../../edge/content-types.ts';
import { cacheControl } from '../../edge/headers.ts';

/** The object that switches from one version to the next. */
export const PAGE = 'index.html';
export const ASSETS = 'assets/';

export interface PageFile {
  /** Of the object: the path below the folder. */
  name: string;
  content: Buffer;
  /** Base64, as Cloud Storage says it. */
  md5Hash: string;
  contentType: string;
  cacheControl: string;
}

export interface BuiltPage {
  /** Everything but the HTML. */
  assets: PageFile[];
  html: PageFile;
}

/** What a build left in a folder; files whose path has a dot in front are the build's own. Throws when there is no page. */
export async function readPage(folder: string): Promise<BuiltPage> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: PageFile[] = [];
  for (const entry of entries) {
    const name = relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/');
    if (!entry.isFile() || name.split('/').some((part) => part.startsWith('.'))) continue;
    files.push(pageFile(name, await readFile(join(folder, name))));
  }
  const html = files.find(({ name }) => name === PAGE);
  if (html === undefined) throw new Error(`There is no ${PAGE} in ${folder}: build the page first.`);
  const assets = files.filter((file) => file !== html).sort((a, b) => (a.name < b.name ? -1 : 1));
  const missing = namesIn(html.content.toString()).filter(
    (name) => !assets.some((each) => each.name === name),
  );
  if (missing.length > 0) throw new Error(`The page names ${missing.join(', ')}, which the build lacks.`);
  return { assets, html };
}

export function pageFile(name: string, content: Buffer): PageFile {
  return {
    name,
    content,
    md5Hash: createHash('md5').update(content).digest('base64'),
    contentType: contentType(name),
    cacheControl: cacheControl(`/${name}`),
  };
}

/** The assets that an HTML document names. */
export function namesIn(html: string): string[] {
  return [...new Set([...html.matchAll(/["'(]\/(assets\/[\w./-]+)["')]/g)].map(([, name = '']) => name))];
}
