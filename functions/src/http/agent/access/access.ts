import type { Json } from '@longrun/shared';
import { passes, type Filters } from '../../../custom-auth/filters.ts';

export type Resource = 'threads' | 'assistants' | 'crons' | 'store';

/** What of their own things a user gets to see and change in a request. */
export class Access {
  readonly #filters = new Map<Resource, Filters[]>();

  narrow(resource: Resource, filters: Filters | null): void {
    if (filters === null) return;
    this.#filters.set(resource, [...(this.#filters.get(resource) ?? []), filters]);
  }

  /** Whether anything is left out. */
  narrows(resource: Resource): boolean {
    return this.#filters.has(resource);
  }

  /** Whether a thing with this metadata may be touched. */
  allows(resource: Resource, metadata: Json): boolean {
    return (this.#filters.get(resource) ?? []).every((filters) => passes(filters, metadata));
  }

  /** An item of the store has no metadata: its value, namespace and key are held against the filter. */
  allowsItem({ namespace, key, value }: { namespace: string[]; key?: string; value?: object }): boolean {
    const held = { ...value, namespace, ...(key === undefined ? {} : { key }) };
    return this.allows('store', held);
  }
}
