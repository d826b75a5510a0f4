import { randomBytes } from 'node:crypto';
import { IdentityError, assert } from './errors.ts';
import type { Fields } from './fields.ts';
import { canonicalPhone, obfuscated } from './phone.ts';

/** Google's limit. */
export const MAX_FACTORS = 5;

/** A second factor of an account: a phone, or an authenticator app that shares a secret. */
export interface Enrollment {
  mfaEnrollmentId: string;
  displayName?: string | undefined;
  /** ISO 8601. */
  enrolledAt: string;
  phoneInfo?: string | undefined;
  totpSecret?: string | undefined;
}

/** The factor that a session was completed with, as its ID tokens say. */
export interface SecondFactor {
  type: 'phone' | 'totp';
  id: string;
}

export const newEnrollmentId = (): string => randomBytes(21).toString('base64url');

export const factorOf = ({ mfaEnrollmentId, totpSecret }: Enrollment): SecondFactor => ({
  type: totpSecret === undefined ? 'phone' : 'totp',
  id: mfaEnrollmentId,
});

/** To the account's owner and to administrators. The secret stays here. */
export function enrollmentToWire({ totpSecret, phoneInfo, ...rest }: Enrollment): object {
  if (totpSecret !== undefined) return { ...rest, totpInfo: {} };
  return { ...rest, phoneInfo, unobfuscatedPhoneInfo: phoneInfo };
}

/** To someone who has only given the first factor. */
export function enrollmentHint({ totpSecret, phoneInfo = '', ...rest }: Enrollment): object {
  return totpSecret === undefined ? { ...rest, phoneInfo: obfuscated(phoneInfo) } : { ...rest, totpInfo: {} };
}

/**
 * Phones as second factors, as an administrator writes them; a repeated phone counts once. `requireIds`: in an update, where
 * ids tell old factors from new ones.
 */
export function readEnrollments(list: Fields[], nowMs: number, requireIds: boolean): Enrollment[] {
  const byPhone = new Map<string, Enrollment>();
  for (const fields of list) {
    const id = fields.string('mfaEnrollmentId', 200);
    assert(id || !requireIds, 'INVALID_MFA_ENROLLMENT_ID : mfaEnrollmentId must be defined.');
    const phoneInfo = canonicalPhone(fields.string('phoneInfo') ?? '', 'INVALID_MFA_PHONE_NUMBER');
    if (byPhone.has(phoneInfo)) continue;
    byPhone.set(phoneInfo, {
      mfaEnrollmentId: id ?? newEnrollmentId(),
      displayName: fields.string('displayName', 256),
      enrolledAt: fields.string('enrolledAt', 40) ?? new Date(nowMs).toISOString(),
      phoneInfo,
    });
  }
  const enrollments = [...byPhone.values()];
  assert(enrollments.length <= MAX_FACTORS, 'SECOND_FACTOR_LIMIT_EXCEEDED');
  if (new Set(enrollments.map(({ mfaEnrollmentId }) => mfaEnrollmentId)).size < enrollments.length) {
    throw new IdentityError('DUPLICATE_MFA_ENROLLMENT_ID');
  }
  return enrollments;
}
