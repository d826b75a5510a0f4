import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { IdentityError, assert, unimplemented } from './errors.ts';
import type { Fields } from './fields.ts';

const PREFIX = 'tenant:';
const MAX_TENANTS = 1_000;
const MFA_PROVIDERS = ['PROVIDER_UNSPECIFIED', 'PHONE_SMS'];

/** A part of a project with accounts and settings of its own. */
export interface Tenant extends TenantSettings {
  tenantId: string;
}

export interface TenantSettings {
  displayName?: string | undefined;
  allowPasswordSignup: boolean;
  enableEmailLinkSignin: boolean;
  enableAnonymousUser: boolean;
  disableAuth: boolean;
  mfaConfig: {
    state: 'ENABLED' | 'DISABLED';
    enabledProviders: string[];
    providerConfigs?: { state: string; totpProviderConfig: object }[] | undefined;
  };
  emailPrivacyConfig?: { enableImprovedEmailPrivacy?: true } | undefined;
  /** The codes of numbers that Google would text nothing to. */
  testPhoneNumbers?: Record<string, unknown> | undefined;
  /** Kept, but without effect: nothing is texted, and nobody has to prove that they are no robot. */
  smsRegionConfig?: object | undefined;
  recaptchaConfig?: object | undefined;
}

/** What Google makes of a request that sets nothing: everything off. Throws for what would have no effect here but should. */
export function readTenant(fields: Fields): TenantSettings {
  for (const name of ['passwordPolicyConfig', 'inheritance', 'monitoring'])
    if (fields.has(name)) throw unimplemented(`The setting ${name}`);
  const mfa = fields.object('mfaConfig');
  const enabledProviders = mfa?.strings('enabledProviders') ?? [];
  assert(
    enabledProviders.every((name) => MFA_PROVIDERS.includes(name)),
    'INVALID_CONFIG : mfaConfig.enabledProviders',
  );
  const isPrivate = fields.object('emailPrivacyConfig')?.boolean('enableImprovedEmailPrivacy');
  return {
    displayName: fields.string('displayName', 100),
    allowPasswordSignup: fields.boolean('allowPasswordSignup') ?? false,
    enableEmailLinkSignin: fields.boolean('enableEmailLinkSignin') ?? false,
    enableAnonymousUser: fields.boolean('enableAnonymousUser') ?? false,
    disableAuth: fields.boolean('disableAuth') ?? false,
    mfaConfig: {
      state: mfa?.string('state') === 'ENABLED' ? 'ENABLED' : 'DISABLED',
      enabledProviders,
      providerConfigs: mfa?.has('providerConfigs') === true ? readProviders(mfa) : undefined,
    },
    emailPrivacyConfig:
      isPrivate === undefined ? undefined : { ...(isPrivate && { enableImprovedEmailPrivacy: true }) },
    testPhoneNumbers: fields.message('testPhoneNumbers'),
    smsRegionConfig: fields.message('smsRegionConfig'),
    recaptchaConfig: fields.message('recaptchaConfig'),
  };
}

function readProviders(mfa: Fields): TenantSettings['mfaConfig']['providerConfigs'] {
  return mfa.objects('providerConfigs', 10).map((provider) => ({
    state: provider.string('state') ?? 'DISABLED',
    totpProviderConfig: provider.message('totpProviderConfig') ?? {},
  }));
}

/** The tenants of one project, among its settings. */
export class Tenants {
  private readonly db: DatabaseSync;
  private readonly project: string;

  constructor(db: DatabaseSync, project: string) {
    this.db = db;
    this.project = project;
  }

  create(settings: TenantSettings): Tenant {
    const sql = `SELECT count(*) AS n FROM settings WHERE project = ? AND name GLOB '${PREFIX}*'`;
    if (Number(this.db.prepare(sql).get(this.project)?.['n']) >= MAX_TENANTS)
      throw new IdentityError('QUOTA_EXCEEDED : Too many tenants.', 429);
    const label = (settings.displayName ?? 'tenant')
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]/g, '')
      .slice(0, 20);
    return this.save({ ...settings, tenantId: `${label}-${randomBytes(4).toString('hex')}` });
  }

  save(tenant: Tenant): Tenant {
    const sql = `INSERT INTO settings VALUES (?, ?, ?)
      ON CONFLICT (project, name) DO UPDATE SET value = excluded.value`;
    this.db.prepare(sql).run(this.project, PREFIX + tenant.tenantId, JSON.stringify(tenant));
    return tenant;
  }

  /** Throws TENANT_NOT_FOUND. */
  get(tenantId: string): Tenant {
    const sql = 'SELECT value FROM settings WHERE project = ? AND name = ?';
    const row = this.db.prepare(sql).get(this.project, PREFIX + tenantId);
    if (row === undefined) throw new IdentityError('TENANT_NOT_FOUND');
    return JSON.parse(String(row['value'])) as Tenant;
  }

  /** Those after `after` in the order of their ids. */
  list(after: string, limit: number): Tenant[] {
    const sql = `SELECT value FROM settings WHERE project = ? AND name GLOB '${PREFIX}*' AND name > ?
      ORDER BY name LIMIT ?`;
    const rows = this.db.prepare(sql).all(this.project, PREFIX + after, limit);
    return rows.map((row) => JSON.parse(String(row['value'])) as Tenant);
  }

  delete(tenantId: string): void {
    const sql = 'DELETE FROM settings WHERE project = ? AND name = ?';
    this.db.prepare(sql).run(this.project, PREFIX + tenantId);
  }
}
