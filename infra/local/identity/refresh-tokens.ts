import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Session } from './id-token.ts';

/** Sign-ins that one account may keep open; the oldest gives way. Bounds what a sign-in loop can store. */
const MAX_PER_USER = 200;

/**
 * A refresh token is `<uid>.<secret>`, both base64url; only a hash of it is stored. Naming the account lets a token whose
 * account is gone (say, after the data folder was wiped) be told from a malformed one, so that the SDK signs out.
 */
export class RefreshTokens {
  private readonly db: DatabaseSync;
  private readonly project: string;

  constructor(db: DatabaseSync, project: string) {
    this.db = db;
    this.project = project;
  }

  issue(localId: string, session: Session): string {
    const token = `${Buffer.from(localId).toString('base64url')}.${randomBytes(32).toString('base64url')}`;
    this.db
      .prepare('INSERT INTO refresh_tokens (project, hash, local_id, session) VALUES (?, ?, ?, ?)')
      .run(this.project, hash(token), localId, JSON.stringify(session));
    this.db
      .prepare(
        `DELETE FROM refresh_tokens WHERE project = ?1 AND local_id = ?2 AND id <=
          (SELECT id FROM refresh_tokens WHERE project = ?1 AND local_id = ?2
            ORDER BY id DESC LIMIT 1 OFFSET ${MAX_PER_USER})`,
      )
      .run(this.project, localId);
    return token;
  }

  /** Undefined when the token is not a valid one any more. */
  find(token: string): Session | undefined {
    const sql = 'SELECT session FROM refresh_tokens WHERE project = ? AND hash = ?';
    const row = this.db.prepare(sql).get(this.project, hash(token));
    return row === undefined ? undefined : (JSON.parse(String(row['session'])) as Session);
  }

  revokeAll(localId: string): void {
    const sql = 'DELETE FROM refresh_tokens WHERE project = ? AND local_id = ?';
    this.db.prepare(sql).run(this.project, localId);
  }
}

/** Whose accounts a refresh token is for: the key under which they are stored; undefined when it is not a valid one. */
export function realmOf(db: DatabaseSync, token: string): string | undefined {
  const row = db.prepare('SELECT project FROM refresh_tokens WHERE hash = ?').get(hash(token));
  return row === undefined ? undefined : String(row['project']);
}

/** The account a refresh token names; undefined when it is malformed. */
export function accountOf(token: string): string | undefined {
  const uid = /^([A-Za-z0-9_-]{1,200})\.[A-Za-z0-9_-]{43}$/.exec(token)?.[1];
  return uid === undefined ? undefined : Buffer.from(uid, 'base64url').toString('utf8');
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
