import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { Tickets } from './tickets.ts';

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

/** They do not expire here: a developer may look for one tomorrow. */
export class OobCodes {
  private readonly tickets: Tickets<OobCode>;

  private readonly tenantId: string | undefined;

  constructor(db: DatabaseSync, project: string, tenantId: string | undefined, now: () => number) {
    this.tenantId = tenantId;
    this.tickets = new Tickets(db, project, 'oob', Number.MAX_SAFE_INTEGER, now);
  }

  create({ type, email, newEmail, localId, continueUrl, origin }: OobRequest): OobCode {
    const oobCode = randomBytes(32).toString('base64url');
    const link = new URL('/emulator/action', origin);
    link.searchParams.set('mode', MODES[type]);
    link.searchParams.set('lang', 'en');
    link.searchParams.set('oobCode', oobCode);
    link.searchParams.set('apiKey', 'fake-api-key');
    if (continueUrl !== undefined) link.searchParams.set('continueUrl', continueUrl);
    if (this.tenantId !== undefined) link.searchParams.set('tenantId', this.tenantId);
    const code = { oobCode, requestType: type, email, newEmail, oobLink: link.href, localId };
    this.tickets.issue(code, oobCode);
    return code;
  }

  find(code: string): OobCode | undefined {
    return this.tickets.find(code);
  }

  delete(code: string): void {
    this.tickets.delete(code);
  }

  list(): OobCode[] {
    return this.tickets.list().map(({ doc }) => doc);
  }
}
