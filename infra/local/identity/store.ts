import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { IdentityError } from './errors.ts';
import type { User } from './user.ts';

/** More accounts than any laptop or test needs; beyond it someone is filling the disk. */
const MAX_USERS = 1_000_000;

type Row = Record<string, SQLOutputValue>;

/** Accounts and their unique keys: id, email, federated identity. Synchronous, so callers read and write atomically. */
export class Store {
  readonly db: DatabaseSync;
  private count: number;

  constructor(db: DatabaseSync) {
    this.db = db;
    this.count = Number(db.prepare('SELECT count(*) AS n FROM users').get()?.['n']);
  }

  byId(localId: string): User | undefined {
    return one(this.db.prepare('SELECT doc FROM users WHERE local_id = ?').get(localId));
  }

  byEmail(email: string): User | undefined {
    return one(this.db.prepare('SELECT doc FROM users WHERE email = ?').get(email));
  }

  byIdentity(provider: string, rawId: string): User | undefined {
    const sql = 'SELECT doc FROM identities JOIN users USING (local_id) WHERE provider = ? AND raw_id = ?';
    return one(this.db.prepare(sql).get(provider, rawId));
  }

  /** Accounts that a federated provider knows under this address. */
  byIdentityEmail(email: string): User[] {
    const sql =
      'SELECT DISTINCT local_id, doc FROM identities JOIN users USING (local_id) WHERE identities.email = ?';
    return many(this.db.prepare(sql).all(email));
  }

  /** Accounts after `after` in the order of their ids. */
  list(after: string, limit: number): User[] {
    const sql = 'SELECT doc FROM users WHERE local_id > ? ORDER BY local_id LIMIT ?';
    return many(this.db.prepare(sql).all(after, limit));
  }

  get size(): number {
    return this.count;
  }

  /** Inserts or replaces an account. Throws EMAIL_EXISTS or FEDERATED_USER_ID_ALREADY_LINKED when a key is taken. */
  save(user: User): void {
    this.transaction(() => {
      const { localId, email } = user;
      if (email !== undefined) {
        const holder = this.byEmail(email);
        if (holder !== undefined && holder.localId !== localId) throw new IdentityError('EMAIL_EXISTS');
      }
      for (const { providerId, rawId } of user.identities) {
        const holder = this.byIdentity(providerId, rawId);
        if (holder !== undefined && holder.localId !== localId) {
          throw new IdentityError('FEDERATED_USER_ID_ALREADY_LINKED');
        }
      }
      const isNew = this.byId(localId) === undefined;
      if (isNew && this.count >= MAX_USERS) throw new IdentityError('QUOTA_EXCEEDED', 429);
      const upsert = `INSERT INTO users (local_id, email, doc) VALUES (?, ?, ?)
        ON CONFLICT (local_id) DO UPDATE SET email = excluded.email, doc = excluded.doc`;
      this.db.prepare(upsert).run(localId, email ?? null, JSON.stringify(user));
      this.db.prepare('DELETE FROM identities WHERE local_id = ?').run(localId);
      const link = this.db.prepare(
        'INSERT INTO identities (provider, raw_id, email, local_id) VALUES (?, ?, ?, ?)',
      );
      for (const identity of user.identities) {
        link.run(identity.providerId, identity.rawId, identity.email ?? null, localId);
      }
      if (isNew) this.count += 1;
    });
  }

  /** False when there was no such account. Its identities and refresh tokens go with it. */
  delete(localId: string): boolean {
    const deleted = Number(this.db.prepare('DELETE FROM users WHERE local_id = ?').run(localId).changes);
    this.count -= deleted;
    return deleted > 0;
  }

  clear(): void {
    this.transaction(() => this.db.exec('DELETE FROM users; DELETE FROM oob_codes'));
    this.count = 0;
  }

  setting(name: string): string | undefined {
    const value = this.db.prepare('SELECT value FROM settings WHERE name = ?').get(name)?.['value'];
    return typeof value === 'string' ? value : undefined;
  }

  setSetting(name: string, value: string): void {
    const sql = 'INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value';
    this.db.prepare(sql).run(name, value);
  }

  /** All or nothing; nested calls join the outer transaction. */
  transaction<T>(body: () => T): T {
    if (this.db.isTransaction) return body();
    const before = this.count;
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const result = body();
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      this.count = before;
      throw error;
    }
  }
}

function one(row: Row | undefined): User | undefined {
  return row === undefined ? undefined : parse(row);
}

function many(rows: Row[]): User[] {
  return rows.map(parse);
}

/** Only `save` writes this column, so its shape is known. */
function parse(row: Row): User {
  return JSON.parse(String(row['doc'])) as User;
}
