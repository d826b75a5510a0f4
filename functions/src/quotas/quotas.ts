import { usagePath, type InstallationLimits, type RunError } from '@longrun/shared';
import { GATE, INSTALLATION_LIMITS, userLimitsPath } from '../admin/paths.ts';
import { checkQuotas, dayOf } from '../domain/quotas.ts';
import { turns } from '../lib/turns.ts';
import type { Clock } from '../ports/clock.ts';
import type { Documents, DocumentWrite, StoredDocument } from '../ports/documents.ts';
import { countAllActive } from './active.ts';
import type { Caps } from './caps.ts';
import { changesOf, inForce, limitsOfUser, userChangesOf } from './limits.ts';
import { readPlaces } from './places.ts';
import type { Share } from './share-fields.ts';
import { oneRunMore, totalUsd, usageOf } from './usage.ts';

/** Whose run it is to be. */
export interface Customer {
  uid: string;
  anonymous: boolean;
}

/** What a new run is let in with. */
interface Admission {
  /** Part of the commit that creates the run, which they refuse when another run was let in meanwhile. */
  writes: DocumentWrite[];
  share: Share;
}

/** One attempt to let a run in: documents to read first, and then the decision. */
export interface Ticket {
  paths: string[];
  admit(found: (StoredDocument | undefined)[], queued: boolean): Promise<Admission>;
}

export interface QuotasOptions {
  documents: Documents;
  clock: Clock;
  limits: InstallationLimits;
  caps: Caps;
}

/**
 * With less room than this below the limit of all, creations go through the gate one by one. With more, they pass it by: as
 * many would have to be on their way at the same moment to go beyond the limit. Part of the limit, and runs at least.
 */
const GATE_PART = 0.1;
const GATE_RUNS = 50;
/** What models cost all users is looked up so often at most. Milliseconds. */
const TOTAL_USD_MS = 10_000;

/**
 * Nobody takes more than their share. A creation first reads the user's usage of the day, then counts the runs that there are,
 * and is committed together with a change of that usage, under the version that was read. So of all creations for one user each
 * counts those that came through before, and exactly as many as may come through.
 */
export class Quotas {
  readonly caps: Caps;
  readonly limits: InstallationLimits;
  /** Creations for one user, which would only get into each other's way. */
  readonly inTurn = turns();
  readonly #documents: Documents;
  readonly #clock: Clock;
  #total: { day: string; until: number; usd: Promise<number> } | undefined;

  constructor(options: QuotasOptions) {
    this.caps = options.caps;
    this.limits = options.limits;
    this.#documents = options.documents;
    this.#clock = options.clock;
  }

  ticket({ uid, anonymous }: Customer): Ticket {
    const now = this.#clock.now();
    return {
      paths: [usagePath(uid, dayOf(now)), GATE, INSTALLATION_LIMITS, userLimitsPath(uid)],
      admit: async ([used, gate, changes, own], queued) => {
        const installation = inForce(this.limits, changesOf(changes?.fields));
        const user = limitsOfUser(installation, userChangesOf(own?.fields), anonymous);
        const { total } = installation;
        const [places, totalActive, totalUsdToday] = await Promise.all([
          readPlaces(this.#documents, uid, user.runs_at_once),
          countAllActive(this.#documents),
          this.totalUsdToday(now),
        ]);
        const { runs, usd } = usageOf(used);
        checkQuotas(
          user,
          total,
          { active: places.active, runsToday: runs, usdToday: usd, totalActive, totalUsdToday },
          now,
        );
        const room = Math.max(GATE_RUNS, total.runs_at_once * GATE_PART);
        const tight = totalActive >= total.runs_at_once - room;
        return {
          writes: [oneRunMore(uid, used, now), ...(tight ? [throughGate(gate)] : [])],
          share: {
            limit: user.running_at_once,
            // One that waits for its thread is dispatched by whoever ends before it.
            waits: !queued && (places.waiting.length > 0 || places.taken >= user.running_at_once) ? 0 : null,
          },
        };
      },
    };
  }

  /** Why no attempt may begin: models have cost more today than this installation may spend whatever happens. */
  async overspent(): Promise<RunError | null> {
    const { hardUsdPerDay: limit } = this.caps;
    if (limit === null) return null;
    const used = await this.totalUsdToday(this.#clock.now());
    if (used < limit) return null;
    return {
      code: 'quota_exceeded',
      message:
        `Models have cost this installation $${used.toFixed(2)} today, and it stops at $${limit.toFixed(2)} ` +
        '(QUOTA_TOTAL_USD_PER_DAY_HARD). Try the run again tomorrow: it goes on from its last checkpoint.',
    };
  }

  /** A few seconds old at most. US dollars. */
  totalUsdToday(now: number): Promise<number> {
    const day = dayOf(now);
    if (this.#total?.day === day && this.#total.until > now) return this.#total.usd;
    const usd = totalUsd(this.#documents, now);
    const total = { day, until: now + TOTAL_USD_MS, usd };
    this.#total = total;
    usd.catch(() => {
      if (this.#total === total) this.#total = undefined;
    });
    return usd;
  }
}

function throughGate(gate: StoredDocument | undefined): DocumentWrite {
  const before = gate?.fields['runs'];
  const fields = { runs: (typeof before === 'number' ? before : 0) + 1 };
  return gate === undefined
    ? { op: 'create', path: GATE, fields }
    : { op: 'update', path: GATE, version: gate.version, fields };
}
