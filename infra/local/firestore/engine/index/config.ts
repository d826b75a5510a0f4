/** `firestore.indexes.json` in the Firebase CLI's format. */
import { formatFieldPath, parseFieldPath } from '../path/field-path.ts';

export type Order = 'ASCENDING' | 'DESCENDING';
export type Scope = 'COLLECTION' | 'COLLECTION_GROUP';

export interface IndexField {
  /** As `formatFieldPath` spells it. */
  readonly path: string;
  readonly mode: Order | 'CONTAINS';
}

interface CompositeIndex {
  readonly collectionId: string;
  readonly scope: Scope;
  readonly fields: readonly IndexField[];
}

/** What a search for nearest neighbours needs; nothing is kept for it here, where every distance is computed. */
export interface VectorIndex {
  readonly collectionId: string;
  readonly scope: Scope;
  /** Fields that filters compare for equality, as `formatFieldPath` spells them. */
  readonly filters: readonly string[];
  readonly path: string;
  readonly dimension: number;
}

/** Which automatic indexes a field has. */
export interface FieldIndexing {
  readonly ordered: ReadonlySet<`${Scope}/${Order}`>;
  readonly contains: ReadonlySet<Scope>;
}

export interface IndexConfig {
  readonly composites: readonly CompositeIndex[];
  readonly vectors: readonly VectorIndex[];
  /** By collection id, then field path (`*` for all fields). */
  readonly overrides: ReadonlyMap<string, ReadonlyMap<string, FieldIndexing>>;
}

/** @throws Error with all that is wrong with the file */
export function parseIndexConfig(source: string): IndexConfig {
  const file: unknown = JSON.parse(source);
  const problems: string[] = [];
  const composites: CompositeIndex[] = [];
  const vectors: VectorIndex[] = [];
  const overrides = new Map<string, Map<string, FieldIndexing>>();
  const each = (key: string, parse: (entry: Entry) => void): void => {
    for (const [i, entry] of list(file, key).entries()) {
      try {
        parse(new Entry(entry));
      } catch (error) {
        problems.push(`${key}[${String(i)}]: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  each('indexes', (entry) => {
    const fields = entry.list('fields');
    // Of text search, which is UNIMPLEMENTED here: no query can need it.
    if (fields.some((field) => field.has('searchConfig'))) return;
    if (fields.some((field) => field.has('vectorConfig'))) vectors.push(parseVector(entry, fields));
    else composites.push(parseComposite(entry, fields));
  });
  each('fieldOverrides', (entry) => {
    const group = overrides.get(entry.text('collectionGroup')) ?? new Map<string, FieldIndexing>();
    const path = entry.text('fieldPath');
    group.set(path === '*' ? path : formatFieldPath(parseFieldPath(path)), parseOverride(entry));
    overrides.set(entry.text('collectionGroup'), group);
  });
  if (problems.length > 0) throw new Error(`invalid index configuration: ${problems.join('; ')}`);
  return { composites, vectors, overrides };
}

function parseVector(entry: Entry, fields: readonly Entry[]): VectorIndex {
  const [vector, ...more] = fields.filter((field) => field.has('vectorConfig'));
  if (vector === undefined || more.length > 0)
    throw new Error('an index may hold one field with "vectorConfig"');
  const others = fields.filter((field) => !field.has('vectorConfig')).map((field) => field.path());
  return {
    collectionId: entry.text('collectionGroup'),
    scope: scopeOf(entry),
    filters: others.filter((path) => path !== '__name__'),
    path: vector.path(),
    dimension: vector.inner('vectorConfig').positive('dimension'),
  };
}

function parseComposite(entry: Entry, entries: readonly Entry[]): CompositeIndex {
  const fields = entries.map((field): IndexField => {
    const mode = field.optional('arrayConfig') ?? field.optional('order');
    if (mode !== 'ASCENDING' && mode !== 'DESCENDING' && mode !== 'CONTAINS') {
      throw new Error('a field needs "order" (ASCENDING, DESCENDING) or "arrayConfig" (CONTAINS)');
    }
    return { path: field.path(), mode };
  });
  const meaningful = fields.filter(({ path }) => path !== '__name__');
  if (meaningful.length === 0) throw new Error('an index needs fields');
  return { collectionId: entry.text('collectionGroup'), scope: scopeOf(entry), fields };
}

function parseOverride(entry: Entry): FieldIndexing {
  const ordered = new Set<`${Scope}/${Order}`>();
  const contains = new Set<Scope>();
  for (const index of entry.list('indexes')) {
    const scope = scopeOf(index);
    const order = index.optional('order');
    if (index.optional('arrayConfig') === 'CONTAINS') contains.add(scope);
    else if (order === 'ASCENDING' || order === 'DESCENDING') ordered.add(`${scope}/${order}`);
    else throw new Error('an index of a field needs "order" or "arrayConfig"');
  }
  return { ordered, contains };
}

function scopeOf(entry: Entry): Scope {
  const scope = entry.optional('queryScope') ?? 'COLLECTION';
  if (scope !== 'COLLECTION' && scope !== 'COLLECTION_GROUP') throw new Error(`unknown queryScope ${scope}`);
  return scope;
}

function list(value: unknown, key: string): unknown[] {
  if (typeof value !== 'object' || value === null)
    throw new Error('the index configuration is no JSON object');
  const found: unknown = Reflect.get(value, key) ?? [];
  if (!Array.isArray(found)) throw new Error(`"${key}" must be a list`);
  return found;
}

class Entry {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  #get(key: string): unknown {
    return typeof this.#value === 'object' && this.#value ? Reflect.get(this.#value, key) : undefined;
  }

  has(key: string): boolean {
    return this.#get(key) !== undefined;
  }

  inner(key: string): Entry {
    return new Entry(this.#get(key));
  }

  /** Google's tools write int64 as text, people as a number. */
  positive(key: string): number {
    const value = Number(this.#get(key));
    if (!Number.isInteger(value) || value < 1) throw new Error(`"${key}" must be a positive whole number`);
    return value;
  }

  /** The field's path in its one spelling. */
  path(): string {
    return formatFieldPath(parseFieldPath(this.text('fieldPath')));
  }

  optional(key: string): string | undefined {
    const found = this.#get(key);
    if (found !== undefined && typeof found !== 'string') throw new Error(`"${key}" must be a text`);
    return found;
  }

  text(key: string): string {
    const found = this.optional(key);
    if (found === undefined) throw new Error(`"${key}" is missing`);
    return found;
  }

  list(key: string): Entry[] {
    return list(this.#value, key).map((entry) => new Entry(entry));
  }
}
