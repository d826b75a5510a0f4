import { LongrunError } from '@longrun/shared';
import type { Documents, StoredDocument } from '../../ports/documents.ts';
import { documentId, type Range } from './address.ts';
import { isExpired, joinPieces, readItem, type StoredItem } from './item-document.ts';

const GET_AT_ONCE = 100; // documents in one call
const MAX_RACES = 5;

/** An item with its value's JSON text at hand. */
export type LoadedItem = StoredItem & { json: string };

/** Reads the items of one owner. */
export class Items {
  readonly collection: string;
  readonly #documents: Documents;

  constructor(documents: Documents, collection: string) {
    this.#documents = documents;
    this.collection = collection;
  }

  pathOf(address: string): string {
    return `${this.collection}/${documentId(address)}`;
  }

  /** One for each address, expired ones too: what a write has to replace. One read each. */
  async stored(addresses: string[]): Promise<(StoredItem | undefined)[]> {
    const found = await this.#get(addresses.map((address) => this.pathOf(address)));
    return found.map((document) => (document === undefined ? undefined : readItem(document)));
  }

  /** What is there at `now`, with its value. */
  async live(addresses: string[], now: number): Promise<(LoadedItem | undefined)[]> {
    const found = await this.stored(addresses);
    return await Promise.all(found.map((item) => (item === undefined ? undefined : this.load(item, now))));
  }

  /** Items of the range that are live, by address, without the values in pieces. `page` documents are read at once. */
  async *scan(range: Range, page: number, now: number): AsyncGenerator<StoredItem> {
    for await (const found of this.pages(range, page)) {
      for (const item of found) if (!isExpired(item, now)) yield item;
    }
  }

  /** The documents of the range, page by page, expired ones too. `next` may be told where to go on. */
  async *pages(range: Range, page: number): AsyncGenerator<StoredItem[], void, string | undefined> {
    for (let from = { op: '>=' as '>=' | '>', value: range.from }; ;) {
      const found = await this.#documents.query({
        collection: this.collection,
        where: [
          { field: 'address', ...from },
          ...(range.to === undefined ? [] : [{ field: 'address', op: '<' as const, value: range.to }]),
        ],
        orderBy: [{ field: 'address', direction: 'asc' }],
        limit: page,
      });
      const items = found.map(readItem);
      const last = items.at(-1);
      if (last === undefined) return;
      const jump = yield items;
      if (found.length < page) return;
      from = jump === undefined ? { op: '>', value: last.address } : { op: '>=', value: jump };
    }
  }

  /** With its value; undefined when it is gone or expired. An item replaced while it is read is read again. */
  async load(item: StoredItem, now: number): Promise<LoadedItem | undefined> {
    let current: StoredItem | undefined = item;
    for (let race = 0; race < MAX_RACES; race += 1) {
      if (current === undefined || isExpired(current, now)) return undefined;
      const { json, pieces } = current;
      const text = json ?? joinPieces(await this.#get(pieces.map((id) => `${this.collection}/${id}`)));
      if (text !== undefined) return { ...current, json: text };
      [current] = await this.stored([item.address]);
    }
    throw new LongrunError(
      'internal',
      `${this.pathOf(item.address)} is damaged: pieces of its value are missing.`,
    );
  }

  async #get(paths: string[]): Promise<(StoredDocument | undefined)[]> {
    const found: (StoredDocument | undefined)[] = [];
    for (let at = 0; at < paths.length; at += GET_AT_ONCE) {
      found.push(...(await this.#documents.get(paths.slice(at, at + GET_AT_ONCE))));
    }
    return found;
  }
}
