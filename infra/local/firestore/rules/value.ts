/**
 * Values of the rules language. `type` is the name that the `is` operator knows (plus `unknown`).
 *
 * For a list request nobody knows the documents, only the query. What the query does not say is `unknown`; a map
 * that may hold more keys than listed is `open`.
 */
import type { Fact } from './fact.ts';

export type MapView = ReadonlyMap<string, RuleValue>;

export type RuleValue =
  | { readonly type: 'null' }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bytes'; readonly value: Uint8Array }
  | { readonly type: 'list'; readonly items: readonly RuleValue[] }
  | { readonly type: 'set'; readonly items: readonly RuleValue[] }
  | { readonly type: 'map'; readonly entries: MapView; readonly open?: true }
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  | { readonly type: 'timestamp'; readonly nanos: bigint }
  | { readonly type: 'duration'; readonly nanos: bigint }
  | { readonly type: 'latlng'; readonly latitude: number; readonly longitude: number }
  | { readonly type: 'path'; readonly segments: readonly string[]; readonly captures?: MapView }
  | { readonly type: 'map_diff'; readonly left: MapView; readonly right: MapView }
  | { readonly type: 'unknown'; readonly fact?: Fact };

export type TypeName = RuleValue['type'];

export const NULL: RuleValue = { type: 'null' };
export const TRUE: RuleValue = { type: 'bool', value: true };
export const FALSE: RuleValue = { type: 'bool', value: false };
export const UNKNOWN: RuleValue = { type: 'unknown' };

export const bool = (value: boolean): RuleValue => (value ? TRUE : FALSE);
export const int = (value: bigint | number): RuleValue => ({ type: 'int', value: BigInt(value) });
export const float = (value: number): RuleValue => ({ type: 'float', value });
export const string = (value: string): RuleValue => ({ type: 'string', value });
export const list = (items: readonly RuleValue[]): RuleValue => ({ type: 'list', items });
export const map = (entries: Iterable<readonly [string, RuleValue]>): RuleValue => ({
  type: 'map',
  entries: new Map(entries),
});
export const path = (segments: readonly string[]): RuleValue => ({ type: 'path', segments });
export const timestamp = (nanos: bigint): RuleValue => ({ type: 'timestamp', nanos });
export const duration = (nanos: bigint): RuleValue => ({ type: 'duration', nanos });

/** Three-valued answer: `undefined` means that it depends on what is not known. */
export const maybe = (answer: boolean | undefined): RuleValue =>
  answer === undefined ? UNKNOWN : bool(answer);

/** A map whose entries are computed on first use: most rules never look into the document. */
export function lazyMap(compute: () => MapView): RuleValue {
  let entries: MapView | undefined;
  return {
    type: 'map',
    get entries() {
      entries ??= compute();
      return entries;
    },
  };
}
