import type { App } from './app.ts';
import { assert } from './errors.ts';

/** What a tenant has to have switched on; a project without tenants allows everything. Throws Google's error for each. */
export const requireAnonymous = ({ tenant }: App): void =>
  assert(tenant?.enableAnonymousUser !== false, 'ADMIN_ONLY_OPERATION');

export const requirePasswordSignUp = ({ tenant }: App): void =>
  assert(tenant?.allowPasswordSignup !== false, 'OPERATION_NOT_ALLOWED : Password sign-up is off.');

export const requirePassword = ({ tenant }: App): void =>
  assert(tenant?.allowPasswordSignup !== false, 'PASSWORD_LOGIN_DISABLED');

export const requireEmailLink = ({ tenant }: App): void =>
  assert(tenant?.enableEmailLinkSignin !== false, 'OPERATION_NOT_ALLOWED : Email link sign-in is off.');

/** Google has no phone sign-in for tenants. */
export const requireProjectLevel = ({ tenant }: App): void =>
  assert(tenant === undefined, 'UNSUPPORTED_TENANT_OPERATION');

export function requireSecondFactors({ tenant }: App): void {
  if (tenant === undefined) return;
  const { state, enabledProviders, providerConfigs } = tenant.mfaConfig;
  const phones = state === 'ENABLED' && enabledProviders.includes('PHONE_SMS');
  const apps = providerConfigs?.some((provider) => provider.state === 'ENABLED') === true;
  assert(phones || apps, 'OPERATION_NOT_ALLOWED : Second factors are off.');
}
