import type { Block } from '../calendar/blocks.ts';
import { personNamed, travelOf, type Household, type Person, type Resource } from '../calendar/household.ts';
import { includesName, keyOf } from '../calendar/names.ts';
import { OWNER, strangers } from '../request/people.ts';
import type { Wish } from '../request/wish.ts';
import type { Interval } from '../time/interval.ts';
import { DAY, parseDate, parseWall, startOfDay } from '../time/wall.ts';
import type { Instant, Zone } from '../time/zone.ts';

/** All that a plan depends on. */
export interface Situation {
  wish: Wish;
  /** Whose time it takes. */
  people: Person[];
  resources: Resource[];
  /** What they have to do, and what the resources are used for, within reach of the wish. */
  blocks: Block[];
  now: Instant;
  zone: Zone;
}

/** Days before and after the wish in which something else is looked for. */
const REACH_BEFORE = 7 * DAY;
const REACH_AFTER = 14 * DAY;
/** The longest span of days that is looked at. */
const MAX_SPAN = 70 * DAY;

/**
 * Those whose time a wish takes. Where nobody is known by name, that is the owner of the calendar: who is alone in it
 * needs no name, and who meets a stranger goes there.
 */
export function participants(wish: Wish, household: Household): Person[] {
  const unknown = strangers(wish.people, household);
  const alone = wish.people.every((name) => name === OWNER || includesName(unknown, name));
  const names = alone && wish.kind !== 'agenda' ? [...unknown, OWNER] : wish.people;
  return [...new Set(names)].map((name) => personNamed(household, name) ?? { name, ...NOBODY });
}

const NOBODY = { group: null, bedtime: null, work: null };

export function neededResources(wish: Wish, household: Household): Resource[] {
  return wish.resources.map(
    (name) =>
      household.resources.find((resource) => keyOf(resource.name) === keyOf(name)) ?? {
        name,
        travel: travelOf(name),
      },
  );
}

/** Whether an event takes this person's time. One without names is the owner's, and theirs whom its title names. */
export function takesTimeOf({ people, title }: Block, name: string): boolean {
  if (includesName(people, name)) return true;
  if (people.length > 0) return false;
  return (
    name === OWNER ||
    title
      .toLowerCase()
      .split(/[^\p{L}]+/u)
      .includes(keyOf(name))
  );
}

export function uses({ resources }: Block, name: string): boolean {
  return includesName(resources, name);
}

/** First and last day that the wish names, as midnights; today on if it names none. */
export function wishedDays(
  { start, from, to }: Wish,
  now: Instant,
  zone: Zone,
): { from: number; to: number } {
  const today = startOfDay(zone.toWall(now));
  const fixed = start === null ? undefined : parseWall(start);
  const first =
    fixed === undefined ? ((from === null ? undefined : parseDate(from)) ?? today) : startOfDay(fixed);
  const last = fixed === undefined ? ((to === null ? undefined : parseDate(to)) ?? first + 14 * DAY) : first;
  return { from: first, to: Math.min(Math.max(first, last), first + MAX_SPAN) };
}

/** The time that has to be known to answer a wish. */
export function reachOf(wish: Wish, now: Instant, zone: Zone): Interval {
  const { from, to } = wishedDays(wish, now, zone);
  const today = startOfDay(zone.toWall(now));
  const begin = wish.kind === 'agenda' ? from : Math.min(from, Math.max(today, from - REACH_BEFORE));
  const end = wish.kind === 'agenda' ? to + DAY : to + REACH_AFTER;
  return { start: zone.toInstant(begin), end: zone.toInstant(end) };
}
