import type { DatabaseSync } from 'node:sqlite';
import type { App } from './app.ts';
import { IdentityError, assert } from './errors.ts';
import type { Fields } from './fields.ts';
import { decodeJwt, tenantOf } from './id-token.ts';
import { OobCodes } from './oob-codes.ts';
import { RateLimit } from './rate-limit.ts';
import { RefreshTokens, realmOf } from './refresh-tokens.ts';
import { Store } from './store.ts';
import { Tenants } from './tenants.ts';
import { Tickets } from './tickets.ts';
import { VerificationCodes } from './verification-codes.ts';

export const DEFAULT_PROJECT = 'demo-longrun';

const MAX_OPEN = 10_000; // projects and tenants
const HOUR_MS = 3_600_000;

/** What the address of a call says about whose accounts it is about, and where else that call may name a tenant. */
export interface Scope {
  project: App;
  tenantId?: string | undefined;
  tenants: 'none' | 'body' | 'body or token';
}

/** The accounts of each project are separate; a project comes into being when it is first named. */
export class Projects {
  private readonly db: DatabaseSync;
  private readonly fixed: string | undefined;
  private readonly now: () => number;
  private readonly open = new Map<string, App>();
  private readonly signUps: RateLimit;
  private readonly attempts: RateLimit;
  private last: string;

  /**
   * `main` is the project of calls that name none, as those of the web SDK. Without it they are for the project that was named
   * last, so that a suite that uses one project of its own finds all its accounts there.
   */
  constructor(db: DatabaseSync, main: string | undefined, now: () => number) {
    this.db = db;
    this.fixed = main;
    this.now = now;
    this.signUps = new RateLimit(1_000, 50, now); // a load test's users at once; a runaway loop fills no disk
    this.attempts = new RateLimit(30, 0.1, now); // for each address: a person's typing errors, not a dictionary
    this.last = this.remembered().setting('last-project') ?? DEFAULT_PROJECT;
  }

  main(): App {
    return this.app(this.fixed ?? this.last);
  }

  named(project: string): App {
    assert(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(project), 'INVALID_PROJECT_ID');
    const app = this.app(project);
    if (this.fixed === undefined && project !== this.last) {
      this.last = project;
      this.remembered().setSetting('last-project', project);
    }
    return app;
  }

  /**
   * Whose accounts a call is about: of the tenant that its address names, or else its body or query, or else its token;
   * otherwise of the project. Throws TENANT_NOT_FOUND, TENANT_ID_MISMATCH or PROJECT_DISABLED.
   */
  concerned({ project, tenantId, tenants }: Scope, body: Fields, query: URLSearchParams): App {
    if (tenants === 'none') return project;
    const told = body.string('tenantId') ?? query.get('tenantId') ?? undefined;
    assert(tenantId === undefined || told === undefined || told === tenantId, 'TENANT_ID_MISMATCH');
    const implied = tenants === 'body or token' ? this.implied(project, body) : undefined;
    const id = tenantId ?? told ?? implied;
    if (id === undefined) return project;
    const tenant = project.tenants.get(id);
    assert(!tenant.disableAuth, 'PROJECT_DISABLED');
    return { ...this.app(project.project, id), tenant };
  }

  private implied({ project }: App, body: Fields): string | undefined {
    const idToken = body.string('idToken');
    if (idToken !== undefined) return tenantOf(decodeJwt(idToken));
    const refreshToken = body.string('refresh_token') ?? body.string('refreshToken');
    const realm = refreshToken === undefined ? undefined : realmOf(this.db, refreshToken);
    return realm?.startsWith(`${project}/`) === true ? realm.slice(project.length + 1) : undefined;
  }

  /** Settings of the server itself are kept under a name that no project can have. */
  private remembered(): Store {
    return new Store(this.db, '');
  }

  private app(project: string, tenantId?: string): App {
    const key = tenantId === undefined ? project : `${project}/${tenantId}`;
    const known = this.open.get(key);
    if (known !== undefined) return known;
    if (this.open.size >= MAX_OPEN) throw new IdentityError('QUOTA_EXCEEDED : Too many projects.', 429);
    const { db, now, signUps, attempts } = this;
    const app: App = {
      project,
      store: new Store(db, key),
      tenants: new Tenants(db, project),
      forgetTenant: (id) => {
        const { store } = this.app(project, id);
        store.clear();
        store.clearSettings();
        this.open.delete(`${project}/${id}`);
      },
      refreshTokens: new RefreshTokens(db, key),
      oobCodes: new OobCodes(db, key, tenantId, now),
      codes: new VerificationCodes(db, key, attempts, now),
      phoneProofs: new Tickets(db, key, 'phone-proof', HOUR_MS, now),
      pendingSignIns: new Tickets(db, key, 'second-factor', HOUR_MS, now),
      totpEnrollments: new Tickets(db, key, 'totp', HOUR_MS, now),
      signUps,
      badPasswords: attempts,
      now,
    };
    this.open.set(key, app);
    return app;
  }
}
