/** Documents and index entries in SQLite. Synchronous; knows neither requests nor history. */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Witness } from '../../../backup/witness.ts';
import { checkEntryCount } from '../index/count-entries.ts';
import { IndexCatalog } from '../index/catalog.ts';
import type { IndexConfig } from '../index/config.ts';
import { entriesOf } from '../index/entries.ts';
import { segmentsOfKey } from '../path/path-key.ts';
import { formatName } from '../path/resource-name.ts';
import type { Fields } from '../values.ts';
import { decodeFields, encodeFields } from './codec.ts';
import type { Location, StoredDocument } from './document.ts';
import { Groups } from './groups.ts';
import type { Group } from './groups.ts';
import { locationOf } from './location.ts';
import { bytesOf, numberOf, textOf } from './row.ts';
import { openDatabase } from './schema.ts';

export class Store {
  readonly db: DatabaseSync;
  readonly groups: Groups;
  readonly catalog: IndexCatalog;
  /** Names this database; resume tokens of another one are worthless. */
  readonly epoch: string;
  readonly #witness: Witness;
  readonly #select: StatementSync;
  readonly #selectById: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #addEntry: StatementSync;
  readonly #removeEntry: StatementSync;

  constructor(file: string | undefined, indexes: IndexConfig | undefined) {
    const db = openDatabase(file);
    this.db = db;
    this.#witness = new Witness(db, file, ['docs', 'meta']);
    this.groups = new Groups(db);
    this.epoch = this.#meta('epoch') ?? this.#setMeta('epoch', randomUUID());
    this.#select = db.prepare('SELECT id, created, updated, data FROM docs WHERE grp = ? AND key = ?');
    this.#selectById = db.prepare('SELECT grp, key, created, updated, data FROM docs WHERE id = ?');
    this.#insert = db.prepare(
      'INSERT INTO docs (grp, key, created, updated, data) VALUES (?, ?, ?, ?, ?) RETURNING id',
    );
    this.#update = db.prepare('UPDATE docs SET updated = ?, created = ?, data = ? WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM docs WHERE id = ?');
    this.#addEntry = db.prepare('INSERT OR REPLACE INTO entries (k, doc) VALUES (?, ?)');
    this.#removeEntry = db.prepare('DELETE FROM entries WHERE k = ?');
    this.catalog = new IndexCatalog(this, indexes);
    if (this.#meta('indexes') !== this.catalog.fingerprint) this.#rebuildIndexes();
  }

  /** The newest update time of any document: the clock must go on after it. */
  newestTime(): number {
    const row = this.db.prepare('SELECT coalesce(max(updated), 0) AS newest FROM docs').get();
    return Math.max(numberOf(row, 'newest'), Number(this.#meta('clock') ?? 0));
  }

  /** So that a deletion as last commit does not set the clock back. */
  rememberTime(time: number): void {
    this.#setMeta('clock', String(time));
  }

  /** Within the running SQL transaction. @throws StatusError INVALID_ARGUMENT */
  checkIndexes({ database, collectionId }: Location, fields: Fields): void {
    checkEntryCount(fields, () => this.catalog.of(this.groups.ensure(database, collectionId)));
  }

  read({ database, collectionId, key, name }: Location): StoredDocument | undefined {
    const group = this.groups.find(database, collectionId);
    const row = group && this.#select.get(group.id, key);
    return row && { ...versionOf(row), id: numberOf(row, 'id'), name };
  }

  readById(id: number): StoredDocument | undefined {
    const row = this.#selectById.get(id);
    const group = row && this.groups.byId(numberOf(row, 'grp'));
    if (!group) return undefined;
    const name = formatName({ database: group.database, segments: segmentsOfKey(bytesOf(row, 'key')) });
    return { ...versionOf(row), id, name };
  }

  /** Within the running SQL transaction. `before` is what `read` says. */
  put(
    at: Location,
    before: StoredDocument | undefined,
    fields: Fields,
    time: number,
    created: number,
  ): StoredDocument {
    const group = this.groups.ensure(at.database, at.collectionId);
    const data = encodeFields(fields);
    let id = before?.id;
    if (id === undefined) id = numberOf(this.#insert.get(group.id, at.key, created, time, data), 'id');
    else this.#update.run(time, created, data, id);
    this.#replaceEntries(group, at, id, before?.fields, fields);
    return { id, name: at.name, fields, created, updated: time };
  }

  remove(at: Location, before: StoredDocument): void {
    const group = this.groups.ensure(at.database, at.collectionId);
    this.#delete.run(before.id);
    this.#replaceEntries(group, at, before.id, before.fields, undefined);
  }

  /** The id of the newest document row; 0 when there is none. */
  newestId(): number {
    return numberOf(this.db.prepare('SELECT coalesce(max(id), 0) AS newest FROM docs').get(), 'newest');
  }

  /** Up to `limit` names of documents of a database whose row is not newer than `newest`. */
  namesIn(database: string, newest: number, limit: number): string[] {
    const select = this.db.prepare('SELECT key FROM docs WHERE grp = ? AND id <= ? LIMIT ?');
    const names: string[] = [];
    for (const group of this.groups.of(database)) {
      if (names.length >= limit) break;
      for (const row of select.iterate(group.id, newest, limit - names.length))
        names.push(formatName({ database, segments: segmentsOfKey(bytesOf(row, 'key')) }));
    }
    return names;
  }

  addEntry(key: Uint8Array, id: number): void {
    this.#addEntry.run(key, id);
  }

  /** Runs `work` as one durable SQL transaction. */
  atomically<T>(work: () => T): T {
    const known = new Set(this.groups.all());
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.db.exec('COMMIT');
      this.#witness.note();
      return result;
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      for (const group of this.groups.all()) if (!known.has(group)) this.groups.forget(group);
      this.catalog.reload();
      throw error;
    }
  }

  close(): void {
    this.#witness.close();
    this.db.close();
  }

  #replaceEntries(group: Group, at: Location, id: number, before?: Fields, after?: Fields): void {
    const indexes = this.catalog.of(group);
    const added = new Map<string, Buffer>();
    if (after) for (const key of entriesOf(indexes, at, after)) added.set(key.toString('latin1'), key);
    if (before) {
      for (const key of entriesOf(indexes, at, before)) {
        if (!added.delete(key.toString('latin1'))) this.#removeEntry.run(key);
      }
    }
    for (const key of added.values()) this.#addEntry.run(key, id);
  }

  #rebuildIndexes(): void {
    this.atomically(() => {
      this.db.exec('DELETE FROM entries; DELETE FROM composites;');
      this.catalog.reload();
      const rows = this.db.prepare('SELECT id, grp, key, data FROM docs').iterate();
      for (const row of rows) {
        const group = this.groups.byId(numberOf(row, 'grp'));
        if (!group) continue;
        const at = locationOf(group, bytesOf(row, 'key'));
        const fields = decodeFields(bytesOf(row, 'data'));
        for (const key of entriesOf(this.catalog.of(group), at, fields))
          this.addEntry(key, numberOf(row, 'id'));
      }
      this.#setMeta('indexes', this.catalog.fingerprint);
    });
  }

  #meta(name: string): string | undefined {
    const row = this.db.prepare('SELECT value FROM meta WHERE name = ?').get(name);
    return row && textOf(row, 'value');
  }

  #setMeta(name: string, value: string): string {
    this.db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)').run(name, value);
    return value;
  }
}

function versionOf(row: Parameters<typeof numberOf>[0]): Omit<StoredDocument, 'id' | 'name'> {
  return {
    created: numberOf(row, 'created'),
    updated: numberOf(row, 'updated'),
    fields: decodeFields(bytesOf(row, 'data')),
  };
}
