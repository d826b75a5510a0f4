import { overlaps, widen, type Interval } from '../time/interval.ts';
import {
  DAY,
  HOUR,
  MINUTE,
  parseTime,
  parseWall,
  startOfDay,
  timeOfDay,
  weekday,
  type Wall,
} from '../time/wall.ts';
import { clashesOf } from './clashes.ts';
import { candidates, wakingHours, type Search } from './candidates.ts';
import { wishedDays, type Situation } from './situation.ts';

/** Most times that a person is asked to choose from. */
const MAX_PROPOSALS = 3;
/** Between two proposals: a quarter of an hour more or less is no choice. */
const APART = HOUR / 2;
/** What a day's distance costs, in minutes: eight hours later on the same day is as good as the next day. */
const DAY_COST = 480;
const WRONG_DAY_COST = 2_000;
const UNPREFERRED_COST = 300;
const WORK_COST = 240;
const OUTSIDE_COST = 120;

/** The best times that are free and within all that the wish says, best first. */
export function freeTimes(situation: Situation): Interval[] {
  const { wish, now, zone } = situation;
  const awake = wakingHours(situation);
  const { from, to } = wishedDays(wish, now, zone);
  const search: Search = {
    from,
    to,
    weekdays: wish.weekdays,
    earliest: timeOr(wish.earliest, awake.earliest),
    latest: Math.min(timeOr(wish.latest, awake.latest), awake.latest),
  };
  return best(candidates(search, situation), situation);
}

/** Times close to what was wished for, best first: after a clash, or when nothing is free within the wish. */
export function alternatives(situation: Situation): Interval[] {
  const { wish, now, zone } = situation;
  const days = wishedDays(wish, now, zone);
  const today = startOfDay(zone.toWall(now));
  const search: Search = {
    from: Math.max(today, days.from - 6 * DAY),
    to: days.to + 13 * DAY,
    weekdays: [],
    ...wakingHours(situation),
  };
  return best(wish.all_day ? wholeDays(search, situation) : candidates(search, situation), situation);
}

function wholeDays({ from, to }: Search, situation: Situation): Interval[] {
  const { zone } = situation;
  const days = Array.from({ length: (to - from) / DAY + 1 }, (_, i) => from + i * DAY);
  return days
    .map((day) => ({
      start: zone.toInstant(day),
      end: zone.toInstant(day + situation.wish.minutes * MINUTE),
    }))
    .filter((slot) => clashesOf(slot, situation).length === 0);
}

/** A few that differ: no two lie close together, and not all of them on one day. */
function best(found: Interval[], situation: Situation): Interval[] {
  const ranked = found
    .map((slot) => ({ slot, cost: cost(slot, situation) }))
    .sort((a, b) => a.cost - b.cost || a.slot.start - b.slot.start);
  const chosen: Interval[] = [];
  const dayOf = ({ start }: Interval) => startOfDay(situation.zone.toWall(start));
  for (const { slot } of ranked) {
    if (chosen.length === MAX_PROPOSALS) break;
    const sameDay = chosen.filter((other) => dayOf(other) === dayOf(slot)).length;
    if (sameDay < MAX_PROPOSALS - 1 && !chosen.some((other) => overlaps(widen(other, APART), slot)))
      chosen.push(slot);
  }
  return chosen;
}

/** How far a time is from what was wished, in minutes of inconvenience. */
function cost(slot: Interval, situation: Situation): number {
  const { wish, zone } = situation;
  const start = zone.toWall(slot.start);
  const wanted = wish.start === null ? undefined : parseWall(wish.start);
  const distance =
    wanted === undefined ? spanCost(start, situation) : moveCost(start, wanted) + oddHours(start, situation);
  const { weekdays, earliest, latest } = wish.preferred;
  const dayLiked = weekdays.length === 0 || weekdays.includes(weekday(start));
  const timeLiked = outside(start, wish.minutes, timeOr(earliest, 0), timeOr(latest, DAY)) === 0;
  return (
    distance +
    (dayLiked ? 0 : UNPREFERRED_COST) +
    (timeLiked ? 0 : UNPREFERRED_COST) +
    workCost(slot, situation)
  );
}

/** From a fixed time: the shorter the move, the better; another day at the same time is better than at another. */
function moveCost(start: Wall, wanted: Wall): number {
  const days = Math.abs(startOfDay(start) - startOfDay(wanted)) / DAY;
  const minutes = Math.abs(timeOfDay(start) - timeOfDay(wanted)) / MINUTE;
  return days * DAY_COST + minutes;
}

/** Early and late hours are for those who asked for them. */
function oddHours(start: Wall, { wish }: Situation): number {
  if (wish.all_day) return 0;
  const odd = outside(start, wish.minutes, NICE_FROM, NICE_TO);
  const asked = wish.start === null ? undefined : parseWall(wish.start);
  return asked === undefined ? odd : Math.max(0, odd - outside(asked, wish.minutes, NICE_FROM, NICE_TO));
}

/** From a span: the sooner the better, and best within the days and times that were named. */
function spanCost(start: Wall, { wish, now, zone }: Situation): number {
  const { from, to } = wishedDays(wish, now, zone);
  const day = startOfDay(start);
  const beside = (Math.max(0, from - day) + Math.max(0, day - to)) / DAY;
  const wrongDay = wish.weekdays.length > 0 && !wish.weekdays.includes(weekday(start)) ? DAY_COST : 0;
  const late = outside(start, wish.minutes, timeOr(wish.earliest, NICE_FROM), timeOr(wish.latest, NICE_TO));
  const outsideDays = beside > 0 ? WRONG_DAY_COST / 4 + beside * DAY_COST : 0;
  const sooner = (Math.max(0, day - from) / DAY) * 60 + timeOfDay(start) / MINUTE / 12;
  return outsideDays + wrongDay + (late > 0 ? OUTSIDE_COST + late : 0) + sooner;
}

/** Where nothing is said, things are best between nine and eight. Milliseconds since midnight. */
const NICE_FROM = 9 * HOUR;
const NICE_TO = 20 * HOUR;

/** Minutes by which it leaves the hours. */
function outside(start: Wall, minutes: number, earliest: number, latest: number): number {
  const time = timeOfDay(start);
  return (Math.max(0, earliest - time) + Math.max(0, time + minutes * MINUTE - latest)) / MINUTE;
}

/** Working hours are kept free of other things where that is possible, also on a day that shows no work. */
function workCost(slot: Interval, { people, zone }: Situation): number {
  const start = zone.toWall(slot.start);
  const end = zone.toWall(slot.end);
  const day = startOfDay(start);
  if (weekday(day) === 0 || weekday(day) === 6) return 0;
  const disturbed = people.filter(
    ({ work }) => work !== null && start < day + work.to && end > day + work.from,
  );
  return disturbed.length * WORK_COST;
}

function timeOr(text: string | null, otherwise: number): number {
  return (text === null ? undefined : parseTime(text)) ?? otherwise;
}
