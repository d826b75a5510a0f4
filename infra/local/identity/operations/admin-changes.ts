import { revoked, type App } from '../app.ts';
import { canonicalEmail } from '../email.ts';
import { IdentityError, assert } from '../errors.ts';
import type { Fields } from '../fields.ts';
import { canonicalPhone } from '../phone.ts';
import { readEnrollments } from '../second-factor.ts';
import type { FederatedIdentity, User } from '../user.ts';
import { customClaimsProblem } from './custom-claims.ts';

const ADMIN_FIELDS = [
  'localId',
  'emailVerified',
  'disableUser',
  'customAttributes',
  'validSince',
  'linkProviderUserInfo',
  'createdAt',
  'lastLoginAt',
  'mfa',
  'phoneNumber',
];

/** What nobody may change about themselves. */
export function refuseAdminFields(body: Fields): void {
  const field = ADMIN_FIELDS.find((name) => body.has(name));
  assert(field === undefined, `INSUFFICIENT_PERMISSION : ${field} can only be set by an administrator.`);
}

/** Changes of accounts:update that need an administrator: state, claims, revocation, identities. */
export function applyAdminChanges(app: App, user: User, body: Fields): User {
  let changed = { ...user };
  changed.emailVerified = body.boolean('emailVerified') ?? user.emailVerified;
  changed.disabled = body.boolean('disableUser') ?? user.disabled;
  const attributes = body.string('customAttributes');
  if (attributes !== undefined) {
    const problem = customClaimsProblem(attributes);
    if (problem !== undefined) throw new IdentityError(problem);
    changed.customAttributes = attributes;
  }
  const mfa = body.object('mfa');
  if (mfa !== undefined) {
    const enrollments = readEnrollments(mfa.objects('enrollments'), app.now(), true);
    changed.mfaInfo = enrollments.length === 0 ? undefined : enrollments;
  }
  const phone = body.string('phoneNumber');
  if (phone !== undefined) changed.phoneNumber = phone === '' ? undefined : canonicalPhone(phone);
  const identity = body.object('linkProviderUserInfo');
  if (identity !== undefined) changed = linkIdentity(changed, identity);
  const validSince = body.integer('validSince');
  if (validSince !== undefined || (changed.disabled && !user.disabled)) {
    changed = revoked(app, changed, validSince ?? changed.validSince);
  }
  return changed;
}

function linkIdentity(user: User, fields: Fields): User {
  if (fields.string('providerId') === 'phone') {
    return {
      ...user,
      phoneNumber: canonicalPhone(fields.string('phoneNumber') ?? fields.string('rawId') ?? ''),
    };
  }
  const identity = readIdentity(fields);
  const others = user.identities.filter(({ providerId }) => providerId !== identity.providerId);
  return { ...user, identities: [...others, identity] };
}

/** A federated identity as an administrator writes it, in an update or an import. */
export function readIdentity(fields: Fields): FederatedIdentity {
  const providerId = fields.string('providerId', 100);
  assert(providerId, 'MISSING_PROVIDER_ID');
  const rawId = fields.string('rawId', 256);
  assert(rawId, 'MISSING_RAW_ID');
  const email = fields.string('email');
  return {
    providerId,
    rawId,
    federatedId: fields.string('federatedId') ?? rawId,
    email: email === undefined ? undefined : canonicalEmail(email),
    displayName: fields.string('displayName', 256),
    photoUrl: fields.string('photoUrl', 2_048),
  };
}
