import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

/** "Out of band" codes: what Google would mail to someone. Nothing is mailed here; the emulator API lists them. */
export interface OobCode {
  oobCode: string;
  requestType: OobType;
  email: string;
  newEmail?: string | undefined;
  oobLink: string;
  /** The account it is about; an EMAIL_SIGNIN code may be for someone who has none yet. */
  localId?: string | undefined;
}

export const OOB_TYPES = [
  'PASSWORD_RESET',
  'VERIFY_EMAIL',
  'EMAIL_SIGNIN',
  'RECOVER_EMAIL',
  'VERIFY_AND_CHANGE_EMAIL',
] as const;
export type OobType = (typeof OOB_TYPES)[number];

/** Unused codes kept; the oldest gives way. */
const MAX_CODES = 10_000;

const MODES: { [type in OobType]: string } = {
  PASSWORD_RESET: 'resetPassword',
  VERIFY_EMAIL: 'verifyEmail',
  EMAIL_SIGNIN: 'signIn',
  RECOVER_EMAIL: 'recoverEmail',
  VERIFY_AND_CHANGE_EMAIL: 'verifyAndChangeEmail',
};

export interface OobRequest {
  type: OobType;
  email: string;
  localId?: string | undefined;
  newEmail?: string | undefined;
  continueUrl?: string | undefined;
  origin: string;
}

export class OobCodes {
  private readonly db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.db = db;
  }

  create({ type, email, newEmail, localId, continueUrl, origin }: OobRequest): OobCode {
    const oobCode = randomBytes(32).toString('base64url');
    const link = new URL('/emulator/action', origin);
    link.searchParams.set('mode', MODES[type]);
    link.searchParams.set('lang', 'en');
    link.searchParams.set('oobCode', oobCode);
    link.searchParams.set('apiKey', 'fake-api-key');
    if (continueUrl !== undefined) link.searchParams.set('continueUrl', continueUrl);
    const code = { oobCode, requestType: type, email, newEmail, oobLink: link.href, localId };
    this.db.prepare('INSERT INTO oob_codes (code, doc) VALUES (?, ?)').run(oobCode, JSON.stringify(code));
    const last = 'SELECT id FROM oob_codes ORDER BY id DESC LIMIT 1 OFFSET ?';
    this.db.prepare(`DELETE FROM oob_codes WHERE id <= (${last})`).run(MAX_CODES);
    return code;
  }

  find(code: string): OobCode | undefined {
    const row = this.db.prepare('SELECT doc FROM oob_codes WHERE code = ?').get(code);
    return row === undefined ? undefined : (JSON.parse(String(row['doc'])) as OobCode);
  }

  delete(code: string): void {
    this.db.prepare('DELETE FROM oob_codes WHERE code = ?').run(code);
  }

  list(): OobCode[] {
    const rows = this.db.prepare('SELECT doc FROM oob_codes ORDER BY id').all();
    return rows.map((row) => JSON.parse(String(row['doc'])) as OobCode);
  }
}
