import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import { blocksWithin, type Block } from '../calendar/blocks.ts';
import type { Person } from '../calendar/household.ts';
import { judge, type Verdict } from '../planning/verdict.ts';
import { reachOf, takesTimeOf, uses } from '../planning/situation.ts';
import { dayWords } from '../conversation/words.ts';
import type { SchedulerStateType, SchedulerUpdate } from '../state.ts';
import { union } from '../time/interval.ts';
import type { Instant } from '../time/zone.ts';
import { bookingKey, calendarOf, situationOf, timeOf, zoneOf } from './context.ts';

type Now = { now: () => Instant };

/** Who is busy when: every event of the days that matter, repetitions expanded. */
export async function calendarSpecialist(
  state: SchedulerStateType,
  config: LangGraphRunnableConfig,
  { now }: Now,
): Promise<SchedulerUpdate> {
  const all = await within(state, config, timeOf(state.clock, now));
  const { people } = situationOf(state, 0);
  const busy = ofInterest(all, people);
  const counts = people.map(({ name }) => {
    const theirs = union(busy.filter((block) => !block.transparent && takesTimeOf(block, name)));
    return `${name} is busy ${theirs.length} times`;
  });
  config.writer?.({
    type: 'progress',
    node: 'calendar_specialist',
    text: counts.length === 0 ? `${busy.length} events` : counts.join(', '),
  });
  return { busy };
}

/** What those do who take part, and those whose events might give way; all, when nobody is named. */
function ofInterest(blocks: Block[], people: Person[]): Block[] {
  if (people.length === 0) return blocks;
  const movable = blocks.filter(({ flexible }) => flexible).flatMap((block) => block.people);
  const names = [...new Set([...people.map(({ name }) => name), ...movable])];
  return blocks.filter((block) => names.some((name) => takesTimeOf(block, name)));
}

/** What is in use when: all that takes a shared thing, for it can be in one place only. */
export async function resourceSpecialist(
  state: SchedulerStateType,
  config: LangGraphRunnableConfig,
  { now }: Now,
): Promise<SchedulerUpdate> {
  const all = await within(state, config, timeOf(state.clock, now));
  const used = all.filter(({ resources }) => resources.length > 0);
  const { resources } = situationOf({ ...state, used }, 0);
  const counts = resources.map(
    ({ name }) => `${name} is in use ${used.filter((block) => uses(block, name)).length} times`,
  );
  config.writer?.({
    type: 'progress',
    node: 'resource_specialist',
    text: counts.length === 0 ? 'nothing shared is needed' : counts.join(', '),
  });
  return { used };
}

async function within(
  state: SchedulerStateType,
  config: LangGraphRunnableConfig,
  now: Instant,
): Promise<Block[]> {
  config.signal?.throwIfAborted();
  const zone = zoneOf(state.clock);
  // When the steps are made once more, what this request has booked is not in its own way.
  const { entries } = await calendarOf(config).read(zone, { without: bookingKey(state, config) });
  return blocksWithin(entries, reachOf(state.wish, now, zone));
}

/** Whether both can be had together, and what could be instead. */
export function conflictSpecialist(
  state: SchedulerStateType,
  config: LangGraphRunnableConfig,
  { now }: Now,
): SchedulerUpdate {
  if (state.wish.kind === 'agenda') return { verdict: null };
  const situation = situationOf(state, timeOf(state.clock, now));
  const verdict = judge(situation, state.household);
  config.writer?.({
    type: 'progress',
    node: 'conflict_specialist',
    text: summary(verdict, (at) => dayWords(situation.zone.toWall(at), situation.zone.toWall(situation.now))),
  });
  return { verdict };
}

function summary(verdict: Verdict, day: (at: Instant) => string): string {
  switch (verdict.kind) {
    case 'already':
      return 'it is in the calendar already';
    case 'free':
      return `free on ${day(verdict.slot.start)}`;
    case 'clash': {
      const { clashes, alternatives } = verdict;
      const found = clashes.length === 1 ? '1 conflict' : `${clashes.length} conflicts`;
      return `${clashes.length === 0 ? 'no free time' : found}, ${alternatives.length} alternatives`;
    }
  }
}
