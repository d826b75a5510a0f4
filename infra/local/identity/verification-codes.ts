import { randomInt } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { IdentityError, assert } from './errors.ts';
import type { RateLimit } from './rate-limit.ts';
import { Tickets } from './tickets.ts';

const LIFETIME_MS = 3_600_000; // Google's are valid for minutes; a test may sit in a debugger

interface TextMessage {
  phoneNumber: string;
  code: string;
}

/** Codes that Google would text to a phone. Nothing is sent here; the emulator API lists them. */
export class VerificationCodes {
  private readonly tickets: Tickets<TextMessage>;
  private readonly attempts: RateLimit;

  constructor(db: DatabaseSync, project: string, attempts: RateLimit, now: () => number) {
    this.tickets = new Tickets(db, project, 'sms', LIFETIME_MS, now);
    this.attempts = attempts;
  }

  /**
   * @param fixed codes of some numbers
   * @returns the `sessionInfo` that the code has to come back with
   */
  send(phoneNumber: string, fixed: Record<string, unknown> = {}): string {
    const set = Object.hasOwn(fixed, phoneNumber) ? fixed[phoneNumber] : undefined;
    const code = typeof set === 'string' ? set : String(randomInt(1_000_000)).padStart(6, '0');
    return this.tickets.issue({ phoneNumber, code });
  }

  /** The number that is thereby proven; once. Throws INVALID_SESSION_INFO or INVALID_CODE. */
  redeem(sessionInfo: string | undefined, code: string | undefined): string {
    assert(sessionInfo, 'MISSING_SESSION_INFO');
    assert(code, 'MISSING_CODE');
    const message = this.tickets.find(sessionInfo);
    if (message === undefined) throw new IdentityError('INVALID_SESSION_INFO');
    this.attempts.check(`sms ${sessionInfo}`);
    if (message.code !== code) {
      this.attempts.take(`sms ${sessionInfo}`);
      throw new IdentityError('INVALID_CODE');
    }
    this.tickets.delete(sessionInfo);
    return message.phoneNumber;
  }

  list(): object[] {
    return this.tickets.list().map(({ token, doc }) => ({ sessionInfo: token, ...doc }));
  }
}
