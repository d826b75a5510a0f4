import { readFile } from 'node:fs/promises';
import type { BaseStore } from '@langchain/langgraph';
import * as z from 'zod';
import type { Zone } from '../time/zone.ts';
import { readCalendar, type Calendar } from './calendar.ts';
import { CalendarError } from './errors.ts';
import { parseCalendar } from './parse.ts';

const storedSchema = z.object({ ics: z.string(), source: z.enum(['example', 'own']) });
const bookingSchema = z.object({
  /** VEVENT texts, and their UIDs. */
  events: z.array(z.string()),
  uids: z.array(z.string()),
  /** False while it is a claim that another run may contest. */
  settled: z.boolean(),
});
type StoredBooking = z.infer<typeof bookingSchema>;

interface StoredCalendar extends Calendar {
  source: Source;
  /** UID of an event that is claimed but not settled -> key of the booking. */
  claims: Map<string, string>;
}
type Source = z.infer<typeof storedSchema>['source'];

const KEY = 'calendar';
const PAGE = 500;
/** More bookings than that are not read; the calendar should be exported by then. */
const MAX_BOOKINGS = 2_000;

/**
 * One person's calendar in a LangGraph store: the `.ics` text as it came, and one item for each booking below it. A
 * booking never rewrites the text, so two runs at the same time cannot overwrite each other, and its key makes writing it
 * again harmless.
 */
export class CalendarStore {
  readonly #store: BaseStore;
  readonly #namespace: string[];

  /** Throws when the graph was given no store. */
  constructor(store: BaseStore | undefined, user: string) {
    if (store === undefined) {
      throw new TypeError(
        'The family scheduler keeps its calendar in a LangGraph store, and was given none.',
      );
    }
    this.#store = store;
    // Labels of a namespace may hold no dots.
    this.#namespace = ['calendar', encodeURIComponent(user).replaceAll('.', '%2E')];
  }

  /** Keeps a calendar that the person passed in. Bookings stay. Throws CalendarError when it is none. */
  async replace(ics: unknown): Promise<void> {
    parseCalendar(ics);
    await this.#store.put(this.#namespace, KEY, storedSchema.parse({ ics, source: 'own' }), false);
  }

  /** The calendar as it is now, but for the booking of that key; the example family's if there is none yet. */
  async read(zone: Zone | undefined, options: { without?: string } = {}): Promise<StoredCalendar> {
    const { ics, source } = await this.#stored();
    const bookings = await this.#bookings(source);
    const others = bookings.filter(([key]) => key !== options.without);
    const events = others.flatMap(([, booking]) => booking.events);
    const claimed = others.filter(([, { settled }]) => !settled);
    const claims = new Map(claimed.flatMap(([key, { uids }]) => uids.map((uid) => [uid, key] as const)));
    return { ...readCalendar(ics, events, zone), source, claims };
  }

  async book(key: string, booking: StoredBooking): Promise<void> {
    const { source } = await this.#stored();
    await this.#store.put(this.#below(source), key, booking, false);
  }

  async unbook(key: string): Promise<void> {
    const { source } = await this.#stored();
    await this.#store.delete(this.#below(source), key);
  }

  async #stored(): Promise<z.infer<typeof storedSchema>> {
    const item = await this.#store.get(this.#namespace, KEY);
    if (item !== null) return storedSchema.parse(item.value);
    const example = { ics: await exampleCalendar(), source: 'example' as const };
    await this.#store.put(this.#namespace, KEY, example, false);
    return example;
  }

  async #bookings(source: Source): Promise<[string, StoredBooking][]> {
    const all: [string, StoredBooking][] = [];
    for (;;) {
      const page = await this.#store.search(this.#below(source), { limit: PAGE, offset: all.length });
      for (const { key, value } of page) all.push([key, bookingSchema.parse(value)]);
      if (page.length < PAGE) return all.sort(([a], [b]) => a.localeCompare(b));
      if (all.length >= MAX_BOOKINGS)
        throw new CalendarError(`There are more than ${MAX_BOOKINGS} bookings.`);
    }
  }

  /** What was booked for the example family does not belong into one's own calendar. */
  #below(source: Source): string[] {
    return [...this.#namespace, source];
  }
}

/** A family of four with school, work, sports and one car; times without a zone, so that it lives anywhere. */
async function exampleCalendar(): Promise<string> {
  return readFile(new URL('family.ics', import.meta.url), 'utf8');
}
