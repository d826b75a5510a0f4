import {
  documentId,
  type Documents,
  type DocumentWrite,
  type StoredDocument,
} from '../../ports/documents.ts';
import { decodeHead, segmentsOf, type Head } from './head.ts';
import { blobsOf, checkpointsOf, isWritesKey, pathOf } from './keys.ts';

const PAGE = 50;
/** LangGraph's format of before keeps what a step sends with the checkpoint before it. */
const SENDS_IN_CHANNEL = 4;

interface Kept {
  /** The newest checkpoint of the whole graph; whatever goes is older. */
  newest: string;
  /** Checkpoints that stay as they are. */
  keys: Set<string>;
  /** Of other checkpoints: those in whose documents values of the kept ones lie. */
  sources: Set<string>;
}

/**
 * What of a thread's checkpoints can go when only the newest is to stay, and what must change for it. A checkpoint holds the values
 * that changed and refers to earlier documents for the others, so of those the data stays, which then is no checkpoint any more.
 * `alsoKept`: ids of the whole graph's checkpoints. `holdsAll`: whether a checkpoint has the whole state; where it does not, older ones
 * are a part of it. Null when none can go, else what to write, and the id of the checkpoint that stays.
 */
export async function unreferenced(
  documents: Documents,
  thread: string,
  { alsoKept, holdsAll }: { alsoKept: ReadonlySet<string>; holdsAll: (head: Head) => boolean },
): Promise<{ writes: DocumentWrite[]; newest: string } | null> {
  const heads = new Map<string, Head>();
  const all: string[] = [];
  for await (const { path, fields } of documentsOf(documents, checkpointsOf(thread), ['key', 'head'])) {
    const { key, head } = fields;
    all.push(path);
    if (typeof key === 'string' && !isWritesKey(key)) heads.set(key, decodeHead(path, head));
  }
  const kept = keptOf(heads, alsoKept);
  const ofKept = [...heads].flatMap(([key, head]) => (kept.keys.has(key) ? [head] : []));
  if (!ofKept.every((head) => head.v >= SENDS_IN_CHANNEL && holdsAll(head))) return null;
  const writes: DocumentWrite[] = [];
  for (const path of all) {
    const key = keyOf(path);
    if (kept.keys.has(key)) continue;
    if (path !== pathOf(thread, key) || !kept.sources.has(key)) writes.push({ op: 'delete', path });
    else if (heads.has(key)) writes.push(...(await asData(documents, path)));
  }
  for await (const { path } of documentsOf(documents, blobsOf(thread), [])) {
    const key = keyOf(path);
    if (!kept.keys.has(key) && !kept.sources.has(key)) writes.push({ op: 'delete', path });
  }
  return { writes, newest: kept.newest };
}

function keptOf(heads: ReadonlyMap<string, Head>, alsoKept: ReadonlySet<string>): Kept {
  const newest = new Map<string, [key: string, head: Head]>();
  for (const [key, head] of heads) {
    const before = newest.get(head.ns);
    if (before === undefined || before[1].id < head.id) newest.set(head.ns, [key, head]);
  }
  const root = newest.get('')?.[1].id ?? '';
  const keys = new Set<string>();
  for (const [key, head] of heads) {
    const isNewest = newest.get(head.ns)?.[0] === key;
    if ((isNewest && isInUse(head, root)) || (head.ns === '' && alsoKept.has(head.id))) keys.add(key);
  }
  const sources = new Set<string>();
  for (const key of keys) {
    const head = heads.get(key);
    const values =
      head === undefined ? [] : [head.metadata, ...[...head.values.values()].map(({ value }) => value)];
    for (const value of values) for (const { source } of segmentsOf(value)) sources.add(source.key);
  }
  return { newest: root, keys, sources };
}

/** A graph within a node's task is of use to the step that has not ended, which began with the newest checkpoint; one that remembers is always. */
function isInUse({ ns, id }: Head, root: string): boolean {
  const own = ns.split('|').at(-1) ?? '';
  return ns === '' || !own.includes(':') || id > root;
}

async function asData(documents: Documents, path: string): Promise<DocumentWrite[]> {
  const [document] = await documents.get([path]);
  const data = document?.fields['data'];
  // What is in blobs alone needs no document.
  return data === undefined ? [{ op: 'delete', path }] : [{ op: 'set', path, fields: { data } }];
}

/** `{namespace}!{checkpoint id}` of whatever belongs to a checkpoint. */
function keyOf(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .split('!')
    .slice(0, 2)
    .join('!');
}

async function* documentsOf(
  documents: Documents,
  collection: string,
  select: string[],
): AsyncGenerator<StoredDocument> {
  for (let after: string | undefined; ;) {
    const found: StoredDocument[] = await documents.query({
      collection,
      orderBy: [{ field: '__name__', direction: 'asc' }],
      ...(after === undefined ? {} : { startAfter: [after] }),
      limit: PAGE,
      select,
    });
    yield* found;
    const last = found.at(-1);
    if (last === undefined || found.length < PAGE) return;
    after = documentId(last);
  }
}
