/** One page of a bucket's objects. Source: https://cloud.google.com/storage/docs/json_api/v1/objects/list */
import { invalid, notImplemented } from './errors.ts';
import type { StoredObject } from './object.ts';

const MAX_RESULTS = 1_000;

export interface Page {
  objects: StoredObject[];
  prefixes: string[];
  nextPageToken: string | undefined;
}

/** `objects` in order of their names. Throws a StorageApiError. */
export function pageOf(objects: StoredObject[], query: URLSearchParams): Page {
  for (const name of ['matchGlob', 'softDeleted', 'filter']) {
    if (query.get(name) !== null) throw notImplemented(`Listing with ${name}`);
  }
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const asked = query.get('maxResults') ?? String(MAX_RESULTS);
  if (!/^\d{1,9}$/.test(asked) || Number(asked) === 0) throw invalid('maxResults must be a positive number.');
  const after = parseToken(query.get('pageToken'));
  const start = Buffer.from(query.get('startOffset') ?? '');
  const end = query.get('endOffset');
  const max = Math.min(Number(asked), MAX_RESULTS);
  const page: Page = { objects: [], prefixes: [], nextPageToken: undefined };
  let last = after;
  for (const object of objects) {
    const bytes = Buffer.from(object.name);
    if (!object.name.startsWith(prefix) || Buffer.compare(bytes, start) < 0) continue;
    if (end !== null && Buffer.compare(bytes, Buffer.from(end)) >= 0) continue;
    const cut = delimiter === '' ? -1 : object.name.indexOf(delimiter, prefix.length);
    const folder = cut < 0 ? undefined : object.name.slice(0, cut + delimiter.length);
    const key = folder ?? object.name;
    // Also skips what lies below a folder that was listed already.
    if (last !== undefined && (key === last || Buffer.compare(Buffer.from(key), Buffer.from(last)) <= 0))
      continue;
    if (page.objects.length + page.prefixes.length === max) {
      page.nextPageToken = Buffer.from(last ?? '').toString('base64url');
      break;
    }
    if (folder === undefined) page.objects.push(object);
    else page.prefixes.push(folder);
    last = key;
  }
  return page;
}

function parseToken(token: string | null): string | undefined {
  if (token === null || token === '') return undefined;
  const name = Buffer.from(token, 'base64url').toString();
  if (Buffer.from(name).toString('base64url') !== token) throw invalid('The page token is not one of ours.');
  return name;
}
