/** Which indexes exist: the automatic ones by configuration, the composite ones by declaration or as queries needed them. */
import { createHash } from 'node:crypto';
import { formatFieldPath } from '../path/field-path.ts';
import { decodeFields } from '../store/codec.ts';
import type { Group } from '../store/groups.ts';
import { locationOf } from '../store/location.ts';
import { bytesOf, numberOf, textOf } from '../store/row.ts';
import type { Store } from '../store/store.ts';
import type { FieldIndexing, IndexConfig, IndexField, Order, Scope, VectorIndex } from './config.ts';
import { entriesOfComposite } from './entries.ts';

export interface KeptComposite {
  readonly id: number;
  readonly scope: Scope;
  /** Without `__name__`. */
  readonly fields: readonly IndexField[];
  readonly nameOrder: Order;
}

export interface GroupIndexes {
  readonly group: Group;
  readonly composites: readonly KeptComposite[];
  indexingOf(path: readonly string[]): FieldIndexing;
}

/** What every field has unless overridden. */
const AUTOMATIC: FieldIndexing = {
  ordered: new Set(['COLLECTION/ASCENDING', 'COLLECTION/DESCENDING']),
  contains: new Set(['COLLECTION']),
};
/** Id of a collection group that has no document yet. */
export const UNBORN = 0;
const FORMAT = '1'; // of the entries; another one rebuilds them

export class IndexCatalog {
  readonly #store: Store;
  readonly #config: IndexConfig | undefined;
  readonly fingerprint: string;
  #groups = new Map<number, GroupIndexes>();

  constructor(store: Store, config: IndexConfig | undefined) {
    this.#store = store;
    this.#config = config;
    const overrides = [...(config?.overrides ?? [])].map(([group, fields]) => [
      group,
      [...fields].map(([path, { ordered, contains }]) => [path, [...ordered], [...contains]]),
    ]);
    this.fingerprint = createHash('sha256')
      .update(JSON.stringify([FORMAT, config?.composites ?? null, overrides]))
      .digest('hex');
  }

  /** Are queries without a declared index refused, as in production? */
  get isDeclared(): boolean {
    return this.#config !== undefined;
  }

  get vectors(): readonly VectorIndex[] {
    return this.#config?.vectors ?? [];
  }

  of(group: Group): GroupIndexes {
    if (group.id === UNBORN) return this.#ofUnborn(group);
    const known = this.#groups.get(group.id);
    if (known) return known;
    for (const { scope, fields } of this.#declared(group)) this.#insert(group, specOf(scope, fields));
    const rows = this.#store.db.prepare('SELECT id, spec FROM composites WHERE grp = ?').all(group.id);
    const indexes = this.#indexes(
      group,
      rows.map((row) => parseSpec(numberOf(row, 'id'), textOf(row, 'spec'))),
    );
    this.#groups.set(group.id, indexes);
    return indexes;
  }

  /** Of a collection without documents there is nothing to keep, and nothing by which to tell it from another one. */
  #ofUnborn(group: Group): GroupIndexes {
    const declared = this.#declared(group).map(({ scope, fields }) => parseSpec(0, specOf(scope, fields)));
    return this.#indexes(group, declared);
  }

  #declared(group: Group) {
    return (this.#config?.composites ?? []).filter((c) => c.collectionId === group.collectionId);
  }

  #indexes(group: Group, composites: KeptComposite[]): GroupIndexes {
    const overrides = this.#config?.overrides.get(group.collectionId);
    return { group, composites, indexingOf: (path) => indexingOf(overrides, path) };
  }

  /** Adds a composite index for documents that exist and documents to come. One pass over the group. */
  build(group: Group, scope: Scope, fields: readonly IndexField[], nameOrder: Order): KeptComposite {
    return this.#store.atomically(() => {
      const spec = specOf(scope, [...fields, { path: '__name__', mode: nameOrder }]);
      this.#insert(group, spec);
      this.#groups.delete(group.id);
      const indexes = this.of(group);
      const built = indexes.composites.find((c) => specOfKept(c) === spec);
      if (!built) throw new Error('a composite index vanished while it was built');
      const rows = this.#store.db.prepare('SELECT id, key, data FROM docs WHERE grp = ?').iterate(group.id);
      for (const row of rows) {
        const at = locationOf(group, bytesOf(row, 'key'));
        for (const key of entriesOfComposite(indexes, at, decodeFields(bytesOf(row, 'data')), built)) {
          this.#store.addEntry(key, numberOf(row, 'id'));
        }
      }
      return built;
    });
  }

  /** Forgets what was read from the database. */
  reload(): void {
    this.#groups = new Map();
  }

  #insert(group: Group, spec: string): void {
    this.#store.db.prepare('INSERT OR IGNORE INTO composites (grp, spec) VALUES (?, ?)').run(group.id, spec);
  }
}

/** The nearest override of the field or of a map around it, else the group's `*`, else the default. */
function indexingOf(
  overrides: ReadonlyMap<string, FieldIndexing> | undefined,
  path: readonly string[],
): FieldIndexing {
  if (!overrides) return AUTOMATIC;
  for (let length = path.length; length > 0; length -= 1) {
    const override = overrides.get(formatFieldPath(path.slice(0, length)));
    if (override) return override;
  }
  return overrides.get('*') ?? AUTOMATIC;
}

function specOf(scope: Scope, fields: readonly IndexField[]): string {
  const named = fields.filter(({ path }) => path !== '__name__');
  const last = named.at(-1)?.mode;
  const implied: Order = last === 'DESCENDING' ? 'DESCENDING' : 'ASCENDING';
  const nameOrder = fields.find(({ path }) => path === '__name__')?.mode ?? implied;
  return JSON.stringify([scope, nameOrder, ...named.map(({ path, mode }) => [path, mode])]);
}

const specOfKept = ({ scope, fields, nameOrder }: KeptComposite): string =>
  specOf(scope, [...fields, { path: '__name__', mode: nameOrder }]);

function parseSpec(id: number, spec: string): KeptComposite {
  const [scope, nameOrder, ...fields]: [Scope, Order, ...[string, IndexField['mode']][]] = JSON.parse(spec);
  return { id, scope, nameOrder, fields: fields.map(([path, mode]) => ({ path, mode })) };
}
