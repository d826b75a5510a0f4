import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../support/cluster.ts';
import { incarnation } from '../support/cluster.ts';
import type { ServerProcess } from '../support/process.ts';
import { pick } from '../support/random.ts';

export interface Kill {
  process: string;
  /** The life that was ended, as its attempts are signed. */
  life: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** How often each kind of process is hit. Workers are several, so each of them less than the others. */
const WEIGHTS = { worker: 50, api: 18, tasks: 16, firestore: 16 };
export type Victim = keyof typeof WEIGHTS;
export const VICTIMS = Object.keys(WEIGHTS).filter(isVictim);

export function isVictim(kind: string): kind is Victim {
  return Object.hasOwn(WEIGHTS, kind);
}

/** How long a dead process stays away, at the most. Milliseconds. */
const MAX_ABSENCE_MS = 600;
/** Now and then two die at once. */
const TWO_AT_ONCE = 0.1;
/** The next one dies when no more than so many are still away, so that a slow machine has as much time for work as a fast one. */
const MAX_ABSENT = 1;

/**
 * Kills at random moments, `everyMs` apart in the mean, and starts again what it killed. Resolves after `count` kills
 * when every process is up again. `onKill` hears of each.
 */
export async function killAtRandom(
  cluster: Cluster,
  options: {
    count: number;
    everyMs: number;
    victims: readonly Victim[];
    random: () => number;
    stopped: AbortSignal;
  },
  onKill: (kill: Kill) => void,
): Promise<void> {
  const { count, everyMs, victims, random, stopped } = options;
  const returning = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let made = 0;
  while (made < count && !stopped.aborted && failures.length === 0) {
    await delay(-Math.log(1 - random()) * everyMs * 0.8 + everyMs * 0.2, undefined, { signal: stopped });
    while (returning.size > MAX_ABSENT) await Promise.race(returning);
    const atOnce = random() < TWO_AT_ONCE ? 2 : 1;
    for (let i = 0; i < atOnce && made < count; i += 1) {
      const part = victim(cluster, victims, random);
      if (part === null) continue;
      made += 1;
      onKill({ process: kindOf(part.name), life: incarnation(part.name, part.lives - 1), at: Date.now() });
      const back = revive(part, random() * MAX_ABSENCE_MS)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => returning.delete(back));
      returning.add(back);
    }
  }
  await Promise.all(returning);
  if (failures.length > 0) throw failures[0];
}

/** Null when the one that was drawn is down at the moment. */
function victim(cluster: Cluster, kinds: readonly Victim[], random: () => number): ServerProcess | null {
  const choices = kinds.flatMap((kind) => {
    const alike = [...cluster.parts.values()].filter((part) => kindOf(part.name) === kind);
    return alike.map((part) => [part, WEIGHTS[kind] / alike.length] as const);
  });
  const chosen = pick(random, choices);
  return chosen.isReady ? chosen : null;
}

async function revive(part: ServerProcess, absenceMs: number): Promise<void> {
  await part.kill();
  await delay(absenceMs);
  await part.start();
}

export function kindOf(name: string): string {
  return name.replace(/\d+$/, '');
}
