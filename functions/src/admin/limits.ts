import {
  MAX_PAGE,
  type AdminLimits,
  type AuditEntry,
  type ChangeLimits,
  type ChangeUserLimits,
  type InstallationLimits,
  type UserUse,
} from '@longrun/shared';
import { dayOf } from '../domain/quotas.ts';
import type { Clock } from '../ports/clock.ts';
import { CommitConflict, type Documents, type DocumentWrite, type Fields } from '../ports/documents.ts';
import { countAllActive } from '../quotas/active.ts';
import { changesOf, inForce, userChangesOf, type LimitChanges } from '../quotas/limits.ts';
import { costsOf, totalUsd, usageOf } from '../quotas/usage.ts';
import { audited } from './audit.ts';
import { INSTALLATION_LIMITS, USER_LIMITS, userLimitsPath } from './paths.ts';

const MAX_RACES = 5;

/** What users may have and what they used, and changing it. */
export class LimitsDesk {
  readonly #documents: Documents;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #defaults: InstallationLimits;

  constructor(options: { documents: Documents; clock: Pick<Clock, 'now'>; defaults: InstallationLimits }) {
    this.#documents = options.documents;
    this.#clock = options.clock;
    this.#defaults = options.defaults;
  }

  async read(): Promise<AdminLimits> {
    const now = this.#clock.now();
    const day = dayOf(now);
    const [[changes], active, usd, spent, own] = await Promise.all([
      this.#documents.get([INSTALLATION_LIMITS]),
      countAllActive(this.#documents),
      totalUsd(this.#documents, now),
      this.#documents.query({ ...costsOf(day), limit: MAX_PAGE }),
      this.#documents.query({ collection: USER_LIMITS, limit: MAX_PAGE }),
    ]);
    const users = new Map<string, UserUse>();
    for (const document of spent) {
      const { runs, usd: usd_today } = usageOf(document);
      const owner = String(document.fields['owner']);
      users.set(owner, { owner, runs_today: runs, usd_today, limits: null });
    }
    for (const document of own) {
      const owner = document.path.slice(USER_LIMITS.length + 1);
      const used = users.get(owner) ?? { owner, runs_today: 0, usd_today: 0 };
      users.set(owner, { ...used, limits: userChangesOf(document.fields) });
    }
    return {
      day,
      defaults: this.#defaults,
      limits: inForce(this.#defaults, changesOf(changes?.fields)),
      used: { runs_at_once: active, usd_today: usd },
      users: [...users.values()],
    };
  }

  /** For everyone. */
  async change(by: AuditEntry['by'], change: ChangeLimits): Promise<AdminLimits> {
    return await this.#changed(by, 'all users', INSTALLATION_LIMITS, change, (fields) => {
      const before = changesOf(fields);
      const kinds: (keyof LimitChanges)[] = ['user', 'anonymous', 'total'];
      return Object.fromEntries(kinds.map((kind) => [kind, merged(before[kind], change[kind])]));
    });
  }

  /** For one user: what is null is as for everyone again. */
  async changeUser(by: AuditEntry['by'], owner: string, change: ChangeUserLimits): Promise<AdminLimits> {
    return await this.#changed(by, owner, userLimitsPath(owner), change, (fields) =>
      merged(userChangesOf(fields), change),
    );
  }

  /** Two administrators who change different limits at the same moment both have their way. */
  async #changed(
    by: AuditEntry['by'],
    target: string,
    path: string,
    change: object,
    next: (fields: Fields | undefined) => Fields,
  ): Promise<AdminLimits> {
    const documents = this.#documents;
    const detail = JSON.stringify(change);
    const record = { by, action: 'change_limits' as const, target };
    return await audited(
      { documents, clock: this.#clock },
      record,
      async () => {
        for (let race = 0; ; race += 1) {
          const [document] = await documents.get([path]);
          const limits = next(document?.fields);
          const write: DocumentWrite =
            document === undefined
              ? { op: 'create', path, fields: { limits } }
              : isEmpty(limits)
                ? { op: 'delete', path, version: document.version }
                : { op: 'update', path, version: document.version, fields: { limits } };
          try {
            await documents.commit([write]);
            return { result: await this.read(), detail };
          } catch (error) {
            if (!(error instanceof CommitConflict) || race >= MAX_RACES) throw error;
          }
        }
      },
      { detail },
    );
  }
}

/** A number replaces, null takes away, undefined leaves as it is. */
function merged(before: object | undefined, change: object | undefined): Fields {
  const all: [string, unknown][] = Object.entries({ ...before, ...withoutUndefined(change) });
  return Object.fromEntries(
    all.flatMap(([name, value]): [string, number][] => (typeof value === 'number' ? [[name, value]] : [])),
  );
}

function withoutUndefined(change: object = {}): object {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

const isEmpty = (limits: Fields) => Object.keys(limits).length === 0;
