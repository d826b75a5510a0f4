/** Which indexes together serve a conjunction: as production, by merging indexes that end in the same orders. */
import type { GroupIndexes, KeptComposite } from '../index/catalog.ts';
import type { IndexField, Order, Scope } from '../index/config.ts';
import { automaticPrefix, compositePrefix } from '../index/keys.ts';
import { indexKey } from '../value/index-key.ts';
import type { Value } from '../types.ts';
import type { FieldRef, QueryOrder } from './normalized.ts';
import type { Access } from './scan.ts';

/** A condition that an index must have in front of its orders. */
export interface Required extends FieldRef {
  readonly contains: boolean;
  readonly value: Value;
}

export interface Need {
  readonly indexes: GroupIndexes;
  readonly scope: Scope;
  /** Of the collection; anything for a group. */
  readonly collection: Uint8Array;
  readonly required: readonly Required[];
  /** Without `__name__`. */
  readonly orders: readonly QueryOrder[];
  /** Fields that the index must hold behind its orders, in any order and direction. */
  readonly aggregated: readonly FieldRef[];
  readonly nameDescending: boolean;
  /** Production scans composite indexes in one direction only. */
  readonly mayReverse: boolean;
}

interface Offer {
  readonly access: Access;
  readonly covers: ReadonlySet<Required>;
}

/** Undefined: some index is missing. An empty list: no index is needed, names will do. */
export function chooseIndexes(need: Need): Access[] | undefined {
  if (need.required.length + need.orders.length + need.aggregated.length === 0) return [];
  const offers = [...automaticOffers(need), ...compositeOffers(need)];
  const open = new Set(need.required);
  const chosen: Access[] = [];
  do {
    const gain = ({ covers }: Offer): number => [...covers].filter((r) => open.has(r)).length;
    const [best] = offers.toSorted((a, b) => gain(b) - gain(a));
    if (!best || (open.size > 0 && gain(best) === 0)) return undefined;
    chosen.push(best.access);
    for (const required of best.covers) open.delete(required);
  } while (open.size > 0);
  return chosen;
}

/** What an index that serves it all would look like. */
export function idealIndex({ required, orders, aggregated, nameDescending }: Need): IndexField[] {
  const mode = (descending: boolean): Order => (descending ? 'DESCENDING' : 'ASCENDING');
  return [
    ...required
      .toSorted((a, b) => Number(b.contains) - Number(a.contains))
      .map(({ field, contains }) => ({
        path: field,
        mode: contains ? ('CONTAINS' as const) : ('ASCENDING' as const),
      })),
    ...orders.map(({ field, descending }) => ({ path: field, mode: mode(descending) })),
    ...aggregated.map(({ field }) => ({ path: field, mode: 'ASCENDING' as const })),
    { path: '__name__', mode: mode(nameDescending) },
  ];
}

const SHORT = { ASCENDING: 'ASC', DESCENDING: 'DESC', CONTAINS: 'CONTAINS' } as const;

/** As query explain of production spells it: `(a ASC, __name__ ASC)`. */
export function describeIndex(fields: readonly IndexField[], nameOrder?: Order): string {
  const last = fields.at(-1)?.mode;
  const name = { path: '__name__', mode: nameOrder ?? (last === 'DESCENDING' ? last : 'ASCENDING') } as const;
  return `(${[...fields, name].map(({ path, mode }) => `${path} ${SHORT[mode]}`).join(', ')})`;
}

function* automaticOffers(need: Need): Generator<Offer> {
  const { indexes, scope, collection, required, orders, aggregated, nameDescending } = need;
  const prefixOf = (contains: boolean, field: string): Buffer =>
    automaticPrefix(indexes.group.id, scope, contains, collection, field);
  const [order, ...more] = orders;
  const [summed, ...others] = aggregated;
  if (summed) {
    const { ordered } = indexes.indexingOf(summed.path);
    const isServed = ordered.has(`${scope}/ASCENDING`) || ordered.has(`${scope}/DESCENDING`);
    if (order || others.length > 0 || !isServed) return;
    const describe = (): string => describeIndex([{ path: summed.field, mode: 'ASCENDING' }]);
    const prefix = prefixOf(false, summed.field);
    yield { access: { group: undefined, prefix, reverse: false, describe }, covers: new Set() };
    return;
  }
  if (order) {
    const direction: Order = order.descending ? 'DESCENDING' : 'ASCENDING';
    const isServed = indexes.indexingOf(order.path).ordered.has(`${scope}/${direction}`);
    if (more.length > 0 || order.descending !== nameDescending || !isServed) return;
    const prefix = prefixOf(false, order.field);
    const describe = (): string => describeIndex([{ path: order.field, mode: direction }]);
    yield { access: { group: undefined, prefix, reverse: order.descending, describe }, covers: new Set() };
    return;
  }
  for (const condition of required) {
    const { path, field, contains, value } = condition;
    const indexing = indexes.indexingOf(path);
    const isServed = contains
      ? indexing.contains.has(scope)
      : indexing.ordered.has(`${scope}/ASCENDING`) || indexing.ordered.has(`${scope}/DESCENDING`);
    if (!isServed) continue;
    const prefix = Buffer.concat([prefixOf(contains, field), indexKey(value)]);
    const mode = contains ? 'CONTAINS' : 'ASCENDING';
    const describe = (): string => describeIndex([{ path: field, mode }]);
    yield {
      access: { group: undefined, prefix, reverse: nameDescending, describe },
      covers: new Set([condition]),
    };
  }
}

function* compositeOffers(need: Need): Generator<Offer> {
  for (const index of need.indexes.composites) {
    const leading = index.fields.length - need.orders.length - need.aggregated.length;
    if (index.scope !== need.scope || leading < 0) continue;
    const reverse = directionOf(index, leading, need);
    if (reverse === undefined) continue;
    const covers = index.fields
      .slice(0, leading)
      .map(({ path, mode }) =>
        need.required.find((r) => r.field === path && r.contains === (mode === 'CONTAINS')),
      );
    if (covers.includes(undefined)) continue;
    const values = index.fields
      .slice(0, leading)
      .map(({ mode }, i) => indexKey(covers[i]?.value ?? NEVER, mode === 'DESCENDING'));
    const prefix = Buffer.concat([compositePrefix(index.id, need.scope, need.collection), ...values]);
    yield {
      access: {
        group: undefined,
        prefix,
        reverse,
        describe: () => describeIndex(index.fields, index.nameOrder),
      },
      covers: new Set(covers.filter((c) => c !== undefined)),
    };
  }
}

const NEVER: Value = { nullValue: 'NULL_VALUE' };

/** Does the index end in the orders: as they are (false), all of them reversed (true), or not at all? */
function directionOf(index: KeptComposite, leading: number, need: Need): boolean | undefined {
  const summed = index.fields.slice(leading + need.orders.length);
  if (
    !need.aggregated.every(({ field }) =>
      summed.some(({ path, mode }) => path === field && mode !== 'CONTAINS'),
    )
  )
    return undefined;
  const tail = index.fields.slice(leading, leading + need.orders.length);
  if (!tail.every(({ path }, i) => need.orders[i]?.field === path)) return undefined;
  const wanted = need.orders.map(({ descending }) => descending);
  const held = tail.map(({ mode }) => mode);
  if (held.includes('CONTAINS')) return undefined;
  // Of a sum nobody sees in which order the documents were added.
  if (summed.length === 0) {
    wanted.push(need.nameDescending);
    held.push(index.nameOrder);
  }
  const agree = held.map((mode, i) => (mode === 'DESCENDING') === wanted[i]);
  if (agree.every(Boolean)) return false;
  return need.mayReverse && !agree.some(Boolean) ? true : undefined;
}
