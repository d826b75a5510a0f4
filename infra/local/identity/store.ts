import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { IdentityError } from './errors.ts';
import type { User } from './user.ts';

/** More accounts than any laptop or test needs; beyond it someone is filling the disk. */
const MAX_USERS = 1_000_000;

type Row = Record<string, SQLOutputValue>;

/** One project's accounts and their unique keys: id, email, phone, federated identity. Synchronous, so callers read and write atomically. */
export class Store {
  private readonly db: DatabaseSync;
  private readonly project: string;
  private count: number;

  constructor(db: DatabaseSync, project: string) {
    this.db = db;
    this.project = project;
    const sql = 'SELECT count(*) AS n FROM users WHERE project = ?';
    this.count = Number(db.prepare(sql).get(project)?.['n']);
  }

  byId(localId: string): User | undefined {
    const sql = 'SELECT doc FROM users WHERE project = ? AND local_id = ?';
    return one(this.db.prepare(sql).get(this.project, localId));
  }

  byEmail(email: string): User | undefined {
    const sql = 'SELECT doc FROM users WHERE project = ? AND email = ?';
    return one(this.db.prepare(sql).get(this.project, email));
  }

  byPhone(phone: string): User | undefined {
    const sql = 'SELECT doc FROM users WHERE project = ? AND phone = ?';
    return one(this.db.prepare(sql).get(this.project, phone));
  }

  byIdentity(provider: string, rawId: string): User | undefined {
    const sql = `SELECT doc FROM identities JOIN users USING (project, local_id)
      WHERE project = ? AND provider = ? AND raw_id = ?`;
    return one(this.db.prepare(sql).get(this.project, provider, rawId));
  }

  /** Accounts that a federated provider knows under this address. */
  byIdentityEmail(email: string): User[] {
    const sql = `SELECT DISTINCT local_id, doc FROM identities JOIN users USING (project, local_id)
      WHERE project = ? AND identities.email = ?`;
    return many(this.db.prepare(sql).all(this.project, email));
  }

  /** Accounts after `after` in the order of their ids. */
  list(after: string, limit: number): User[] {
    const sql = 'SELECT doc FROM users WHERE project = ? AND local_id > ? ORDER BY local_id LIMIT ?';
    return many(this.db.prepare(sql).all(this.project, after, limit));
  }

  get size(): number {
    return this.count;
  }

  /** Inserts or replaces an account. Throws EMAIL_EXISTS, PHONE_NUMBER_EXISTS or FEDERATED_USER_ID_ALREADY_LINKED. */
  save(user: User): void {
    this.transaction(() => {
      const { project } = this;
      const { localId, email, phoneNumber } = user;
      if (email !== undefined) {
        const holder = this.byEmail(email);
        if (holder !== undefined && holder.localId !== localId) throw new IdentityError('EMAIL_EXISTS');
      }
      if (phoneNumber !== undefined) {
        const holder = this.byPhone(phoneNumber);
        if (holder !== undefined && holder.localId !== localId)
          throw new IdentityError('PHONE_NUMBER_EXISTS');
      }
      for (const { providerId, rawId } of user.identities) {
        const holder = this.byIdentity(providerId, rawId);
        if (holder !== undefined && holder.localId !== localId) {
          throw new IdentityError('FEDERATED_USER_ID_ALREADY_LINKED');
        }
      }
      const isNew = this.byId(localId) === undefined;
      if (isNew && this.count >= MAX_USERS) throw new IdentityError('QUOTA_EXCEEDED', 429);
      const upsert = `INSERT INTO users (project, local_id, email, phone, doc) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (project, local_id) DO UPDATE
        SET email = excluded.email, phone = excluded.phone, doc = excluded.doc`;
      this.db.prepare(upsert).run(project, localId, email ?? null, phoneNumber ?? null, JSON.stringify(user));
      this.db.prepare('DELETE FROM identities WHERE project = ? AND local_id = ?').run(project, localId);
      const link = this.db.prepare(
        'INSERT INTO identities (project, provider, raw_id, email, local_id) VALUES (?, ?, ?, ?, ?)',
      );
      for (const identity of user.identities) {
        link.run(project, identity.providerId, identity.rawId, identity.email ?? null, localId);
      }
      if (isNew) this.count += 1;
    });
  }

  /** False when there was no such account. Its identities and refresh tokens go with it. */
  delete(localId: string): boolean {
    const sql = 'DELETE FROM users WHERE project = ? AND local_id = ?';
    const deleted = Number(this.db.prepare(sql).run(this.project, localId).changes);
    this.count -= deleted;
    return deleted > 0;
  }

  clear(): void {
    this.transaction(() => {
      for (const table of ['users', 'tickets'])
        this.db.prepare(`DELETE FROM ${table} WHERE project = ?`).run(this.project);
    });
    this.count = 0;
  }

  clearSettings(): void {
    this.db.prepare('DELETE FROM settings WHERE project = ?').run(this.project);
  }

  setting(name: string): string | undefined {
    const sql = 'SELECT value FROM settings WHERE project = ? AND name = ?';
    const value = this.db.prepare(sql).get(this.project, name)?.['value'];
    return typeof value === 'string' ? value : undefined;
  }

  setSetting(name: string, value: string): void {
    const sql = `INSERT INTO settings VALUES (?, ?, ?)
      ON CONFLICT (project, name) DO UPDATE SET value = excluded.value`;
    this.db.prepare(sql).run(this.project, name, value);
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
