import {
  BaseStore,
  type GetOperation,
  type Item,
  type ListNamespacesOperation,
  type Operation,
  type OperationResults,
  type PutOperation,
  type SearchItem,
  type SearchOperation,
} from '@langchain/langgraph-checkpoint';
import { userPath, type JsonObject } from '@longrun/shared';
import type { Documents } from '../../ports/documents.ts';
import { addressOf, checkAddress, checkLabels, isAddress, parseAddress, rangeBelow } from './address.ts';
import { filterOf } from './filter.ts';
import { encodeValue } from './item-document.ts';
import { Items, type LoadedItem } from './items.ts';
import { bounded, invalid, tooLarge } from './limits.ts';
import { MAX_LIMIT, MAX_OFFSET, MAX_OPERATIONS, MAX_QUERY_CHARS } from './limits.ts';
import { MAX_SCANNED, MAX_SCANNED_BYTES } from './limits.ts';
import { checkConditions, namespacesOf } from './namespaces.ts';
import { quietQueue } from './quiet-queue.ts';
import { rankByText } from './text-rank.ts';
import { textsOf } from './texts.ts';
import { refresh, writeChanges, type Change } from './writes.ts';

export interface LongTermStoreOptions {
  /** Whose memory it is. Nothing of anyone else can be reached through the store. */
  uid: string;
  clock: { now(): number };
  ttl?: {
    /** How long an item lives after it was written, unless its put says otherwise. Milliseconds. */
    defaultMs?: number;
    /** Reading an item, or finding it, gives it its whole time again. */
    refreshOnRead?: boolean;
  };
}

/** Beyond LangGraph's: minutes that the item lives, null for ever; as in the `ttl` of its HTTP API. */
export type StorePut = PutOperation & { ttl?: number | null };
/** Beyond LangGraph's: whether reading puts off its end; as in the `refresh_ttl` of its HTTP API. */
export type StoreGet = GetOperation & { refreshTtl?: boolean };
export type StoreSearch = SearchOperation & { refreshTtl?: boolean };

/** The long-term memory of one user. */
export function longTermStore(documents: Documents, options: LongTermStoreOptions): DocumentStore {
  quietQueue();
  return new DocumentStore(documents, options);
}

const PAGE = 50; // documents read at once; each may hold 1 MiB
const MINUTE_MS = 60_000;
const MAX_TTL_MINUTES = 60 * 24 * 366 * 10;

/**
 * LangGraph's store on documents. Within a batch everything is read as it was before the batch, and of several
 * puts to one item the last one counts. Without a query a search answers by namespace and key.
 *
 * Values are JSON, of at most 8 MiB. Throws InvalidNamespaceError for a namespace that nothing can be put in, a
 * LongrunError `invalid_request` or `too_large` for what cannot be stored or asked, and what the documents throw.
 */
export class DocumentStore extends BaseStore {
  readonly #documents: Documents;
  readonly #items: Items;
  readonly #options: LongTermStoreOptions;

  constructor(documents: Documents, options: LongTermStoreOptions) {
    super();
    if (options.uid === '' || options.uid.includes('/')) throw invalid('A store needs the id of a user.');
    this.#documents = documents;
    this.#items = new Items(documents, `${userPath(options.uid)}/store`);
    this.#options = options;
  }

  override async batch<Op extends Operation[]>(operations: Op): Promise<OperationResults<Op>> {
    if (operations.length > MAX_OPERATIONS)
      throw invalid(`A batch holds at most ${MAX_OPERATIONS} operations.`);
    const now = this.#options.clock.now();
    const changes = new Map<string, Change>();
    // First of all, so that a batch that cannot be written is not begun.
    for (const operation of operations) {
      if (!('value' in operation)) continue;
      const change = this.#change(operation);
      if (change !== undefined) changes.set(change.address, change);
    }
    const results = await this.#read(operations, now);
    if (changes.size > 0) await writeChanges(this.#documents, this.#items, [...changes.values()], now);
    return results as OperationResults<Op>;
  }

  async #read(operations: Operation[], now: number): Promise<unknown[]> {
    const gets = operations.filter(isGet).filter(({ namespace, key }) => isAddress(namespace, key));
    const addresses = new Set(gets.map(({ namespace, key }) => addressOf(namespace, key)));
    const found = await this.#items.live([...addresses], now);
    const known = new Map(found.flatMap((item) => (item === undefined ? [] : [[item.address, item]])));
    return await Promise.all(
      operations.map((operation) => {
        if ('value' in operation) return null;
        if ('namespacePrefix' in operation) return this.#search(operation, now);
        if (!isGet(operation)) return this.#listNamespaces(operation, now);
        return this.#got(known.get(addressOf(operation.namespace, operation.key)), operation, now);
      }),
    );
  }

  async #got(item: LoadedItem | undefined, { refreshTtl }: StoreGet, now: number): Promise<Item | null> {
    if (item === undefined) return null;
    await this.#refresh([item], refreshTtl, now);
    return itemOf(item);
  }

  async #search(operation: StoreSearch, now: number): Promise<SearchItem[]> {
    const { namespacePrefix, filter, query, refreshTtl } = operation;
    checkLabels(namespacePrefix);
    const limit = bounded('limit', operation.limit ?? 10, MAX_LIMIT);
    const offset = bounded('offset', operation.offset ?? 0, MAX_OFFSET);
    if (query !== undefined && typeof query !== 'string') throw invalid('A query must be text.');
    if ((query?.length ?? 0) > MAX_QUERY_CHARS)
      throw invalid(`A query has at most ${MAX_QUERY_CHARS} characters.`);
    const wanted = filterOf(filter);
    const ranked = query !== undefined && query.trim() !== '';
    const found: { item: LoadedItem; value: JsonObject }[] = [];
    let [scanned, bytes] = [0, 0];
    if (limit === 0) return [];
    for await (const stored of this.#items.scan(rangeBelow(namespacePrefix), PAGE, now)) {
      scanned += 1;
      const item = await this.#items.load(stored, now);
      if (item === undefined) continue;
      bytes += item.json.length;
      if (scanned > MAX_SCANNED || bytes > MAX_SCANNED_BYTES) {
        throw tooLarge('Too much is stored there to be searched at once: name more of the namespace.');
      }
      const value = valueOf(item);
      if (!wanted(value)) continue;
      found.push({ item, value });
      if (!ranked && found.length >= offset + limit) break;
    }
    const all = ranked
      ? rankByText(
          found.map(({ item, value }) => ({ item, texts: textsOf(value, item.index) })),
          query,
        )
      : found.map(({ item }) => ({ item, score: undefined }));
    const shown = all.slice(offset, offset + limit);
    await this.#refresh(
      shown.map(({ item }) => item),
      refreshTtl,
      now,
    );
    return shown.map(({ item, score }) => ({ ...itemOf(item), ...(score === undefined ? {} : { score }) }));
  }

  async #listNamespaces(operation: ListNamespacesOperation, now: number): Promise<string[][]> {
    const { matchConditions = [], maxDepth } = operation;
    const limit = bounded('limit', operation.limit ?? 100, MAX_LIMIT);
    const offset = bounded('offset', operation.offset ?? 0, MAX_OFFSET);
    if (maxDepth !== undefined && !(Number.isSafeInteger(maxDepth) && maxDepth > 0)) {
      throw invalid('maxDepth must be a positive whole number.');
    }
    const found: string[][] = [];
    if (limit === 0) return found;
    const query = { conditions: checkConditions(matchConditions), maxDepth };
    for await (const namespace of namespacesOf(this.#items, query, now)) {
      found.push(namespace);
      if (found.length >= offset + limit) break;
    }
    return found.slice(offset);
  }

  /** Undefined when there is nothing to do. */
  #change({ namespace, key, value, index, ttl }: StorePut): Change | undefined {
    if (value === null) {
      return isAddress(namespace, key) ? { address: addressOf(namespace, key), json: null } : undefined;
    }
    checkAddress(namespace, key);
    return {
      address: addressOf(namespace, key),
      json: encodeValue(value),
      index: checkIndex(index),
      ttlMs: ttl === undefined ? (this.#options.ttl?.defaultMs ?? null) : ttlMs(ttl),
    };
  }

  async #refresh(read: LoadedItem[], wanted: boolean | undefined, now: number): Promise<void> {
    if (wanted ?? this.#options.ttl?.refreshOnRead ?? false) {
      await refresh(this.#documents, this.#items, read, now);
    }
  }
}

function isGet(operation: Operation): operation is GetOperation {
  return 'key' in operation && !('value' in operation);
}

function itemOf(item: LoadedItem): Item {
  const { namespace, key } = parseAddress(item.address);
  return { namespace, key, value: valueOf(item), createdAt: item.createdAt, updatedAt: item.updatedAt };
}

function valueOf({ json }: LoadedItem): JsonObject {
  return JSON.parse(json) as JsonObject;
}

function ttlMs(minutes: number | null): number | null {
  if (minutes === null) return null;
  if (Number.isFinite(minutes) && minutes > 0 && minutes <= MAX_TTL_MINUTES) return minutes * MINUTE_MS;
  throw invalid('ttl must be a positive number of minutes, or null for ever.');
}

const MAX_PATHS = 100;
const MAX_PATH_CHARS = 200;

function checkIndex(index: unknown): string[] | false | null {
  if (index === undefined || index === null) return null;
  if (index === false) return false;
  if (Array.isArray(index) && index.length <= MAX_PATHS && index.every(isPath)) return index;
  throw invalid(`index must be false or a list of at most ${MAX_PATHS} paths.`);
}

function isPath(path: unknown): path is string {
  return typeof path === 'string' && path.length <= MAX_PATH_CHARS && path.isWellFormed();
}
