import { setTimeout } from 'node:timers/promises';
import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import { blocksWithin, type Block } from '../calendar/blocks.ts';
import type { CalendarStore } from '../calendar/store.ts';
import { eventText, movedText } from '../calendar/write.ts';
import { clashWords } from '../conversation/clash-words.ts';
import { clashesOf, clashKey, type Clash } from '../planning/clashes.ts';
import { neededResources, participants, type Situation } from '../planning/situation.ts';
import type { Move } from '../planning/verdict.ts';
import type { Booking, SchedulerStateType, SchedulerUpdate } from '../state.ts';
import type { Interval } from '../time/interval.ts';
import { DAY } from '../time/wall.ts';
import type { Instant } from '../time/zone.ts';
import { bookingKey, calendarOf, situationOf, timeOf, zoneOf } from './context.ts';

interface Plan {
  slot: Interval;
  /** Clashes that the person has accepted. */
  accepted: string[];
  move: Move | null;
}

/**
 * Writes the event, and with it what gives way, as one item under the request's key: writing it again changes nothing.
 * The calendar is looked at once more before, as the answer may have taken days. Two runs may still write in the same
 * moment, so what is written is a claim at first: each looks again, and of two claims only the one with the lower key
 * is settled, after the other is gone. Whoever finds the place taken gives it up and asks again.
 */
export async function book(
  state: SchedulerStateType,
  config: LangGraphRunnableConfig,
  { now }: { now: () => Instant },
): Promise<SchedulerUpdate> {
  const plan = planOf(state);
  const store = calendarOf(config);
  const key = bookingKey(state, config);
  const at = timeOf(state.clock, now);
  const look = () => obstacles(plan, state, at, store, key);
  const before = await look();
  if (before.clashes.length > 0) return askAgain(before.clashes, state, at);
  const { booking, events, uids } = written(plan, state, key, before.floating);
  await store.book(key, { events, uids, settled: false });
  const lost = await contested(look, key, config.signal);
  if (lost.length > 0) {
    await store.unbook(key);
    return askAgain(lost, state, at);
  }
  await store.book(key, { events, uids, settled: true });
  config.writer?.({ type: 'progress', text: `booked: ${booking.title}` });
  return { booking, ics: events.join('\r\n'), problem: null };
}

/** How long another run's claim is waited for: it takes two writes and a read. */
const CONTEST_MS = 3_000;
const LOOK_MS = 40;

/** Waits until no other claim is in the way; what is, if this one has to go. */
async function contested(
  look: () => Promise<Obstacles>,
  key: string,
  signal: AbortSignal | undefined,
): Promise<Clash[]> {
  for (let waited = 0; ; waited += LOOK_MS) {
    const { clashes, rivals } = await look();
    const first = rivals.every((rival) => rival !== null && rival > key);
    if (clashes.length === 0 || !first || waited >= CONTEST_MS) return clashes;
    await setTimeout(LOOK_MS, undefined, signal === undefined ? {} : { signal });
  }
}

function planOf({ verdict, decision }: SchedulerStateType): Plan {
  if (verdict?.kind === 'free') return { slot: verdict.slot, accepted: [], move: null };
  if (decision?.kind === 'slot') return { slot: decision.slot, accepted: [], move: null };
  if (decision?.kind === 'anyway') return { slot: decision.slot, accepted: decision.accepted, move: null };
  if (
    verdict?.kind === 'clash' &&
    decision?.kind === 'move' &&
    verdict.move !== null &&
    verdict.slot !== null
  ) {
    return { slot: verdict.slot, accepted: [], move: verdict.move };
  }
  throw new Error('There is nothing to book.');
}

interface Obstacles {
  clashes: Clash[];
  /** For each clash the booking that claims the place, null where it is settled. */
  rivals: (string | null)[];
  /** Whether events of this calendar are written without a zone. */
  floating: boolean;
}

/** What others have in the calendar in the way of the plan now, but for what the person has accepted. */
async function obstacles(
  plan: Plan,
  state: SchedulerStateType,
  at: Instant,
  store: CalendarStore,
  key: string,
): Promise<Obstacles> {
  const { slot, accepted, move } = plan;
  const { entries, claims, source } = await store.read(zoneOf(state.clock), { without: key });
  const places = [slot, ...(move === null ? [] : [move.block, move.to])];
  const window = {
    start: Math.min(...places.map(({ start }) => start)) - DAY,
    end: Math.max(...places.map(({ end }) => end)) + DAY,
  };
  const blocks = blocksWithin(entries, window).filter((block) => move === null || !isSame(block, move.block));
  const situation = situationOf(state, at, blocks);
  const ofSlot = clashesOf(slot, situation).filter((clash) => !accepted.includes(clashKey(clash)));
  const ofMove = move === null ? [] : clashesOf(move.to, movedSituation(move, situation, state));
  const clashes = [...ofSlot, ...ofMove];
  const rivals = clashes.map((clash) => ('block' in clash ? (claims.get(clash.block.uid) ?? null) : null));
  return { clashes, rivals, floating: source === 'example' };
}

function movedSituation({ block }: Move, situation: Situation, { household }: SchedulerStateType): Situation {
  const { people, resources } = block;
  const wish = { ...situation.wish, people, resources, all_day: false };
  return {
    ...situation,
    wish,
    people: participants(wish, household),
    resources: neededResources(wish, household),
  };
}

function isSame(a: Block, b: Block): boolean {
  return a.uid === b.uid && a.start === b.start;
}

function askAgain(
  clashes: Clash[],
  { clock, decision, wish }: SchedulerStateType,
  at: Instant,
): SchedulerUpdate {
  const reasons = clashWords(clashes, zoneOf(clock), at).join('; ');
  const chosen = decision === null ? 'the time that was free' : 'the time that you chose';
  const problem = `Meanwhile the calendar has changed, and ${chosen} for “${wish.title}” is free no more: ${reasons}.`;
  return { problem, decision: null, verdict: null };
}

function written({ slot, accepted, move }: Plan, state: SchedulerStateType, key: string, floating: boolean) {
  const { wish, clock } = state;
  const zone = zoneOf(clock);
  const { title, people, resources, all_day: allDay } = wish;
  const event = { ...slot, uid: `${key}@longrun`, title, people, resources, allDay, floating };
  const events = [eventText(event, zone, clock.now)];
  if (move !== null) events.push(movedText(move.block, move.to, zone, clock.now));
  const booking: Booking = {
    ...slot,
    title,
    allDay,
    people,
    resources,
    key,
    moved: move === null ? null : { title: move.block.title, from: move.block.start, ...renamed(move.to) },
    accepted: acceptedWords(accepted, state),
  };
  return { booking, events, uids: [event.uid, ...(move === null ? [] : [move.block.uid])] };
}

function renamed({ start, end }: Interval): { to: Instant; end: Instant } {
  return { to: start, end };
}

function acceptedWords(accepted: string[], { verdict, clock }: SchedulerStateType): string[] {
  if (verdict?.kind !== 'clash') return [];
  const clashes = verdict.clashes.filter((clash) => accepted.includes(clashKey(clash)));
  return clashWords(clashes, zoneOf(clock), clock.now);
}
