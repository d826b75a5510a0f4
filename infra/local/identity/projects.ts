import type { DatabaseSync } from 'node:sqlite';
import type { App } from './app.ts';
import { IdentityError, assert } from './errors.ts';
import { OobCodes } from './oob-codes.ts';
import { RateLimit } from './rate-limit.ts';
import { RefreshTokens } from './refresh-tokens.ts';
import { Store } from './store.ts';
import { Tickets } from './tickets.ts';
import { VerificationCodes } from './verification-codes.ts';

export const DEFAULT_PROJECT = 'demo-longrun';

const MAX_PROJECTS = 1_000;
const HOUR_MS = 3_600_000;

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

  /** Settings of the server itself are kept under a name that no project can have. */
  private remembered(): Store {
    return new Store(this.db, '');
  }

  private app(project: string): App {
    const known = this.open.get(project);
    if (known !== undefined) return known;
    if (this.open.size >= MAX_PROJECTS) throw new IdentityError('QUOTA_EXCEEDED : Too many projects.', 429);
    const { db, now, signUps, attempts } = this;
    const app: App = {
      project,
      store: new Store(db, project),
      refreshTokens: new RefreshTokens(db, project),
      oobCodes: new OobCodes(db, project, now),
      codes: new VerificationCodes(db, project, attempts, now),
      phoneProofs: new Tickets(db, project, 'phone-proof', HOUR_MS, now),
      pendingSignIns: new Tickets(db, project, 'second-factor', HOUR_MS, now),
      totpEnrollments: new Tickets(db, project, 'totp', HOUR_MS, now),
      signUps,
      badPasswords: attempts,
      now,
    };
    this.open.set(project, app);
    return app;
  }
}
