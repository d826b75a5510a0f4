import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import { derivedId } from '../../../lib/derived-id.ts';
import { zoneNamed } from '../calendar/calendar.ts';
import { CalendarError } from '../calendar/errors.ts';
import type { Household } from '../calendar/household.ts';
import { participants } from '../planning/situation.ts';
import { OWNER, strangers } from '../request/people.ts';
import type { Understand } from '../request/understand.ts';
import type { Wish } from '../request/wish.ts';
import type { SchedulerStateType, SchedulerUpdate } from '../state.ts';
import type { Instant, Zone } from '../time/zone.ts';
import { calendarOf, setting } from './context.ts';

/** The orchestrator's first step: whose calendar, what time it is there, and what is wanted. */
export async function understand(
  state: SchedulerStateType,
  config: LangGraphRunnableConfig,
  { understand, now }: { understand: Understand; now: () => Instant },
): Promise<SchedulerUpdate> {
  const message = state.messages.findLast((said) => said.getType() === 'human' && said.text.trim() !== '');
  if (message === undefined)
    throw new TypeError('There is no request: the input needs a message of the user.');
  const store = calendarOf(config);
  if (state.calendar !== undefined && state.calendar !== null) await store.replace(state.calendar);
  const wanted = state.time_zone ?? setting(config, 'time_zone');
  const calendar = await store.read(wanted === undefined ? undefined : zoneNamed(wanted));
  const { household, zone, source } = calendar;
  const given = state.now ?? setting(config, 'now');
  const at = given === undefined ? now() : instant(given, zone);
  const asked = { messages: state.messages, text: message.text.trim(), now: zone.toWall(at), household };
  const wish = await understand(asked, config);
  config.writer?.({ type: 'progress', text: summary(wish) });
  return {
    calendar: null,
    now: null,
    clock: { now: at, zone: zone.id, fixed: given !== undefined },
    request: message.id ?? derivedId(message.text),
    household,
    wish,
    remarks: [...remarks(wish, household), ...calendar.problems, ...(source === 'example' ? [EXAMPLE] : [])],
    busy: [],
    used: [],
    verdict: null,
    decision: null,
    problem: null,
    booking: null,
    ics: null,
  };
}

const EXAMPLE =
  'This is the calendar of an example family. Your own .ics text can be passed as “calendar” in the input.';

/** `2026-11-18T09:00` is meant at home, `2026-11-18T08:00:00Z` anywhere. */
function instant(text: string, zone: Zone): Instant {
  const at = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text.slice(0, 19)}Z`);
  if (Number.isNaN(at))
    throw new CalendarError(
      `"now" must be a time such as 2026-11-18T09:00, not ${JSON.stringify(text.slice(0, 60))}.`,
    );
  return /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? at : zone.toInstant(at);
}

function remarks(wish: Wish, household: Household): string[] {
  if (wish.kind === 'unclear' || wish.kind === 'agenda') return [];
  const unknown = strangers(wish.people, household);
  const [first] = participants(wish, household);
  const nobody = first?.name === OWNER && household.people.length > 0;
  return [
    ...unknown.map(
      (name) => `${name} is not known in this calendar, so only what it says of ${name} was looked at.`,
    ),
    ...(nobody ? ['Nobody was named, so the appointments of no one in particular were looked at.'] : []),
  ];
}

function summary({ kind, title, people }: Wish): string {
  const who = people.filter((name) => name !== OWNER).join(', ');
  switch (kind) {
    case 'book':
      return `to be booked: ${title}${who === '' ? '' : ` for ${who}`}`;
    case 'find':
      return `looking for a time: ${title}${who === '' ? '' : ` for ${who}`}`;
    case 'agenda':
      return 'looking up what is planned';
    case 'unclear':
      return 'no appointment was understood';
  }
}
