import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

/** Unused tickets kept of each kind; the oldest gives way. */
const MAX_TICKETS = 10_000;

type Kind = 'oob' | 'sms' | 'phone-proof' | 'second-factor' | 'totp';

/** Something that may be done once by whoever holds the token: redeem a mailed code, enter a texted one, go on signing in. */
export class Tickets<Doc extends object> {
  private readonly db: DatabaseSync;
  private readonly project: string;
  private readonly kind: Kind;
  readonly lifetimeMs: number;
  private readonly now: () => number;

  constructor(db: DatabaseSync, project: string, kind: Kind, lifetimeMs: number, now: () => number) {
    this.db = db;
    this.project = project;
    this.kind = kind;
    this.lifetimeMs = lifetimeMs;
    this.now = now;
  }

  /** @returns the token */
  issue(doc: Doc, token = randomBytes(32).toString('base64url')): string {
    const { db, project, kind } = this;
    const expires = Math.min(Number.MAX_SAFE_INTEGER, this.now() + this.lifetimeMs);
    db.prepare('INSERT INTO tickets (project, kind, token, expires, doc) VALUES (?, ?, ?, ?, ?)').run(
      project,
      kind,
      token,
      expires,
      JSON.stringify(doc),
    );
    const last = 'SELECT id FROM tickets WHERE project = ?1 AND kind = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3';
    db.prepare(`DELETE FROM tickets WHERE project = ?1 AND kind = ?2 AND id <= (${last})`).run(
      project,
      kind,
      MAX_TICKETS,
    );
    return token;
  }

  /** Undefined when it is unknown, used or too old. */
  find(token: string): Doc | undefined {
    const sql = 'SELECT doc FROM tickets WHERE project = ? AND kind = ? AND token = ? AND expires > ?';
    const row = this.db.prepare(sql).get(this.project, this.kind, token, this.now());
    return row === undefined ? undefined : (JSON.parse(String(row['doc'])) as Doc);
  }

  delete(token: string): void {
    const sql = 'DELETE FROM tickets WHERE project = ? AND kind = ? AND token = ?';
    this.db.prepare(sql).run(this.project, this.kind, token);
  }

  /** Oldest first. */
  list(): { token: string; doc: Doc }[] {
    const sql = 'SELECT token, doc FROM tickets WHERE project = ? AND kind = ? AND expires > ? ORDER BY id';
    const rows = this.db.prepare(sql).all(this.project, this.kind, this.now());
    return rows.map((row) => ({ token: String(row['token']), doc: JSON.parse(String(row['doc'])) as Doc }));
  }
}
