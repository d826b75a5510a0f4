import { LongrunError, type JsonObject } from '@longrun/shared';
import type { Access } from '../access/access.ts';
import { getItem, type Owner } from './memory.ts';

interface Address {
  namespace: string[];
  key: string;
}

/**
 * An item that is there must pass the filters, and so must what takes its place; of one that is removed, and is not there, its
 * address must. Throws `not_found`, `forbidden`.
 */
export async function requireWritable(
  owner: Owner,
  access: Access,
  { namespace, key }: Address,
  value: JsonObject | null,
): Promise<void> {
  if (!access.narrows('store')) return;
  const there = await getItem(owner, { namespace, key, refreshTtl: false });
  if (there !== null && !access.allowsItem(there)) {
    throw new LongrunError('not_found', 'There is no such item.');
  }
  const isLeft = there !== null && value === null;
  if (isLeft || access.allowsItem({ namespace, key, ...(value === null ? {} : { value }) })) return;
  throw new LongrunError('forbidden', 'You may not put this item there.');
}
