import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import { derivedId } from '../../../lib/derived-id.ts';
import { zoneNamed } from '../calendar/calendar.ts';
import { CalendarStore } from '../calendar/store.ts';
import { neededResources, participants, type Situation } from '../planning/situation.ts';
import type { Block } from '../calendar/blocks.ts';
import type { Clock, SchedulerStateType } from '../state.ts';
import type { Instant, Zone } from '../time/zone.ts';

/** Who runs the graph; the runtime says so. Without it, as in LangGraph Studio, everybody is the same person. */
const SOMEBODY = 'local';

export function calendarOf(config: LangGraphRunnableConfig): CalendarStore {
  return new CalendarStore(config.store, userOf(config));
}

/**
 * The key under which a request is booked, whatever happens in between: a repeated step, another attempt, a retry as a
 * new run on the same thread.
 */
export function bookingKey(
  { request }: Pick<SchedulerStateType, 'request'>,
  config: LangGraphRunnableConfig,
): string {
  const place = setting(config, 'thread_id') ?? setting(config, 'run_id') ?? '';
  return derivedId('booking', userOf(config), place, request);
}

export function setting(config: LangGraphRunnableConfig, name: string): string | undefined {
  const value: unknown = config.configurable?.[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function userOf(config: LangGraphRunnableConfig): string {
  return setting(config, 'user_id') ?? setting(config, 'langgraph_auth_user_id') ?? SOMEBODY;
}

export function zoneOf({ zone }: Clock): Zone {
  return zoneNamed(zone);
}

/** The time now, unless the request said what time it is. */
export function timeOf(clock: Clock, now: () => Instant): Instant {
  return clock.fixed ? clock.now : now();
}

/** What the specialists know together. `blocks` instead of those in the state: what was read since. */
export function situationOf(state: SchedulerStateType, now: Instant, blocks?: Block[]): Situation {
  const { wish, clock, household, busy, used } = state;
  return {
    wish,
    people: participants(wish, household),
    resources: neededResources(wish, household),
    blocks: blocks ?? distinctBlocks([...busy, ...used]),
    now,
    zone: zoneOf(clock),
  };
}

/** Both specialists know of an event that takes people and things. */
function distinctBlocks(blocks: readonly Block[]): Block[] {
  const byKey = new Map(blocks.map((block) => [`${block.uid} ${block.start}`, block]));
  return [...byKey.values()].sort((a, b) => a.start - b.start);
}
