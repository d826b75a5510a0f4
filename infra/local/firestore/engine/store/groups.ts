/** Collection groups: a number for each database and collection id, so that keys stay short. */
import type { DatabaseSync } from 'node:sqlite';
import { numberOf, textOf } from './row.ts';

export interface Group {
  readonly id: number;
  readonly database: string;
  readonly collectionId: string;
}

export class Groups {
  readonly #db: DatabaseSync;
  readonly #byDatabase = new Map<string, Map<string, Group>>();
  readonly #byId = new Map<number, Group>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    for (const row of db.prepare('SELECT id, database, collection FROM groups').all()) {
      this.#remember({
        id: numberOf(row, 'id'),
        database: textOf(row, 'database'),
        collectionId: textOf(row, 'collection'),
      });
    }
  }

  find(database: string, collectionId: string): Group | undefined {
    return this.#byDatabase.get(database)?.get(collectionId);
  }

  /** Within the running SQL transaction. */
  ensure(database: string, collectionId: string): Group {
    const known = this.find(database, collectionId);
    if (known) return known;
    const row = this.#db
      .prepare('INSERT INTO groups (database, collection) VALUES (?, ?) RETURNING id')
      .get(database, collectionId);
    return this.#remember({ id: numberOf(row, 'id'), database, collectionId });
  }

  byId(id: number): Group | undefined {
    return this.#byId.get(id);
  }

  of(database: string): Group[] {
    return [...(this.#byDatabase.get(database)?.values() ?? [])];
  }

  all(): Group[] {
    return [...this.#byId.values()];
  }

  /** After a rollback: what the transaction added is gone. */
  forget(group: Group): void {
    this.#byId.delete(group.id);
    this.#byDatabase.get(group.database)?.delete(group.collectionId);
  }

  #remember(group: Group): Group {
    const inDatabase = this.#byDatabase.get(group.database) ?? new Map<string, Group>();
    this.#byDatabase.set(group.database, inDatabase.set(group.collectionId, group));
    this.#byId.set(group.id, group);
    return group;
  }
}
