import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import { blocksWithin, type Block } from '../calendar/blocks.ts';
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
 * The calendar is looked at once more before, as the answer may have taken days, and after, as another run may have
 * written in the same moment; whoever finds the place taken gives it up and asks again.
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
  const inTheWay = async () => clashesNow(plan, state, at, await blocksNow(plan, state, config, key));
  const before = await inTheWay();
  if (before.length > 0) return askAgain(before, state, at);
  const { source } = await store.read(zoneOf(state.clock));
  const { booking, events } = written(plan, state, key, source === 'example');
  await store.book(key, { events, start: booking.start, title: booking.title });
  const after = await inTheWay();
  if (after.length > 0) {
    await store.unbook(key);
    return askAgain(after, state, at);
  }
  config.writer?.({ type: 'progress', text: `booked: ${booking.title}` });
  return { booking, ics: events.join('\r\n'), problem: null };
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

/** What others have in the calendar around the plan, without this request's own booking. */
async function blocksNow(
  { slot, move }: Plan,
  { clock }: SchedulerStateType,
  config: LangGraphRunnableConfig,
  key: string,
): Promise<Block[]> {
  const { entries } = await calendarOf(config).read(zoneOf(clock), { without: key });
  const places = [slot, ...(move === null ? [] : [move.block, move.to])];
  const window = {
    start: Math.min(...places.map(({ start }) => start)),
    end: Math.max(...places.map(({ end }) => end)),
  };
  return blocksWithin(entries, { start: window.start - DAY, end: window.end + DAY });
}

/** What is in the way now, but for what the person has accepted. */
function clashesNow(plan: Plan, state: SchedulerStateType, at: Instant, blocks: Block[]): Clash[] {
  const { slot, accepted, move } = plan;
  const situation = situationOf(
    state,
    at,
    blocks.filter((block) => move === null || !isSame(block, move.block)),
  );
  const clashes = clashesOf(slot, situation).filter((clash) => !accepted.includes(clashKey(clash)));
  return move === null
    ? clashes
    : [...clashes, ...clashesOf(move.to, movedSituation(move, situation, state))];
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
  return { booking, events };
}

function renamed({ start, end }: Interval): { to: Instant; end: Instant } {
  return { to: start, end };
}

function acceptedWords(accepted: string[], { verdict, clock }: SchedulerStateType): string[] {
  if (verdict?.kind !== 'clash') return [];
  const clashes = verdict.clashes.filter((clash) => accepted.includes(clashKey(clash)));
  return clashWords(clashes, zoneOf(clock), clock.now);
}
