import { InMemoryStore, type Operation, type OperationResults } from '@langchain/langgraph';
import { describe, expect, test } from 'vitest';
import { graph as shipped, meta } from './graph.ts';
import { Household, NOW } from './testing.ts';

const SWIMMING = 'Book a swimming lesson for Mia on Saturday at 10 for an hour; we need the car';

describe('D9 without a conflict', () => {
  test('books without a question, says so, and hands over the event', async () => {
    const home = new Household();
    const talk = await home.ask('Dentist for Tom next Tuesday 15:30, 45 min');
    expect(talk.asks).toBe(false);
    expect(talk.said).toMatch(/^Booked: \*\*Dentist\*\* for Tom, \*\*Tuesday 24 November, 15:30–16:15\*\*\./);
    expect(talk.state.ics).toMatch(
      /^BEGIN:VEVENT\r\n[^]*SUMMARY:Dentist\r\nDTSTART:20261124T153000\r\n[^]*END:VEVENT$/,
    );
    expect(await home.booked()).toEqual(['Dentist: Tuesday 24 November, 15:30–16:15']);
  });

  test('finds a time in which everybody is free and up, and says what else would do', async () => {
    const home = new Household();
    const talk = await home.ask('Find an hour for a family dinner next week in the evening');
    expect(talk.said).toContain(
      '**Family dinner** for Anna, Ben, Tom and Mia, **Monday 23 November, 17:00–18:00**',
    );
    expect(talk.said).toContain('Also free: ');
  });

  test('the same request again -> it is there already', async () => {
    const home = new Household();
    await home.ask('Dentist for Tom next Tuesday 15:30, 45 min');
    const talk = await home.ask('Dentist for Tom next Tuesday 15:30, 45 min');
    expect(talk.said).toMatch(/in the calendar already.*Nothing was booked again/);
    expect(await home.booked()).toHaveLength(1);
  });

  test('plans are told, with what is free', async () => {
    const home = new Household();
    const talk = await home.ask('What is on for Tom on Saturday?');
    expect(talk.said).toContain('09:30–11:30 Football match (Tom, Ben, Car)');
    expect(talk.said).toContain('free 07:00–09:30 and 11:30–21:00');
  });

  test('what is no appointment -> examples of what is', async () => {
    const talk = await new Household().ask('hello');
    expect(talk.said).toContain('Dentist for Tom next Tuesday 15:30');
  });
});

describe('D9 a conflict asks, the answer books', () => {
  test('the car is taken -> alternatives, close ones first, with what speaks against the wish', async () => {
    const talk = await new Household().ask(SWIMMING);
    expect(talk.question).toEqual({
      question:
        '“Swimming lesson” on Saturday 21 November, 10:00–11:00 clashes: the car is needed for Football match ' +
        '(09:30–11:30, and 15 minutes on the way). What shall I do?',
      options: [
        {
          value: 'at-2026-11-21T11:45',
          label: 'Saturday 21 November, 11:45–12:45',
          detail: '1 hour 45 minutes later.',
        },
        {
          value: 'at-2026-11-21T08:15',
          label: 'Saturday 21 November, 08:15–09:15',
          detail: '1 hour 45 minutes earlier.',
        },
        {
          value: 'at-2026-11-22T10:00',
          label: 'Sunday 22 November, 10:00–11:00',
          detail: 'The same time, one day later.',
        },
        { value: 'other', label: 'Another time', detail: 'You name the day and the time.' },
        { value: 'cancel', label: 'Cancel', detail: 'Nothing is booked.' },
      ],
    });
  });

  test.each(['at-2026-11-21T11:45', { value: 'at-2026-11-21T11:45' }, 'Saturday 21 November, 11:45–12:45'])(
    'answer %j -> booked then',
    async (answer) => {
      const home = new Household();
      const talk = await home.ask(SWIMMING);
      expect(await home.booked()).toEqual([]);
      await talk.answer(answer);
      expect(talk.said).toContain('**Saturday 21 November, 11:45–12:45**, with the car');
      expect(await home.booked()).toEqual(['Swimming lesson: Saturday 21 November, 11:45–12:45']);
    },
  );

  test.each(['tomorrow', 7, null, { date: 'soon' }, [[]], 'at-2026-11-21T10:00', '__proto__'])(
    'answer %j -> asked again, saying why; then it books',
    async (answer) => {
      const home = new Household();
      const talk = await home.ask(SWIMMING);
      await talk.answer(answer);
      expect(talk.question.detail).toMatch(/is none of the choices.*Another time and Cancel/);
      await talk.answer('at-2026-11-21T11:45');
      expect(await home.booked()).toHaveLength(1);
    },
  );

  test('cancel -> nothing is booked', async () => {
    const home = new Household();
    const talk = await (await home.ask(SWIMMING)).answer('cancel');
    expect(talk.said).toMatch(/^Nothing was booked/);
    expect(talk.state.ics).toBeNull();
    expect(await home.booked()).toEqual([]);
  });

  test('another time -> a form; a wrong form is explained; a time that clashes asks again', async () => {
    const home = new Household();
    const talk = await (await home.ask(SWIMMING)).answer('other');
    expect(talk.question.schema).toMatchObject({
      type: 'object',
      required: ['date', 'time'],
      properties: { minutes: { type: 'integer', default: 60 } },
    });
    expect(talk.options).toEqual(['cancel']);
    await talk.answer({ date: '2026-02-30', time: '10:00' });
    expect(talk.question.detail).toMatch(/date must be a day/);
    await talk.answer({ date: '2026-11-20', time: '16:30', minutes: 30 });
    expect(talk.question.question).toContain('Mia has Ballet (16:00–17:00)');
    await talk.answer('other');
    await talk.answer({ date: '2026-11-22', time: '10:30' });
    expect(await home.booked()).toEqual(['Swimming lesson: Sunday 22 November, 10:30–11:00']);
  });

  test('a person may be in two places if they want, a car may not', async () => {
    const home = new Household();
    expect((await home.ask(SWIMMING)).options).not.toContain('anyway');
    const talk = await home.ask('Choir for Ben tomorrow at 19:00');
    expect(talk.question.question).toContain('Ben has Business trip (all day)');
    await talk.answer('anyway');
    expect(talk.said).toContain('in spite of this: Ben has Business trip (all day)');
    expect(await home.booked()).toEqual(['Choir: Thursday 19 November, 19:00–20:00']);
  });

  test('an event that may be moved gives way, that one time only', async () => {
    const home = new Household();
    const talk = await home.ask('Haircut for Anna on Friday at 17:45, we need the car');
    expect(talk.options).toContain('move');
    await talk.answer('move');
    expect(talk.said).toContain(
      'Moved to make room: **Weekly shopping**, from Friday 20 November, 17:30–18:30',
    );
    expect(await home.booked()).toEqual([
      'Haircut: Friday 20 November, 17:45–18:45',
      'Weekly shopping: Friday 20 November, 19:00–20:00',
    ]);
    expect(talk.state.ics?.match(/BEGIN:VEVENT/g)).toHaveLength(2);
    expect(talk.state.ics).toContain('RECURRENCE-ID:20261120T173000');
  });

  test('bedtime and times that have passed are conflicts', async () => {
    const home = new Household();
    expect((await home.ask('Movie with Mia on Saturday at 19:30')).question.question).toContain(
      'Mia goes to bed at 20:00',
    );
    const past = await home.ask('Dentist for Tom today at 8');
    expect(past.question.question).toContain('that time has passed');
    expect(past.options).not.toContain('anyway');
  });

  test('nothing free within the wish -> close times beyond it', async () => {
    const talk = await new Household().ask('Find 2 hours for Mia and Tom tomorrow between 8 and 12');
    expect(talk.question.question).toContain(
      'No time is free for “Appointment” (2 hours) on Thursday 19 November between 08:00 and 12:00',
    );
    expect(talk.options.filter((value) => value.startsWith('at-')).length).toBe(3);
  });
});

describe('G4 exactly once', () => {
  test('the step is repeated after a crash, when the event was written and when not -> one booking', async () => {
    for (const moment of ['before', 'after'] as const) {
      const store = new CrashingStore();
      const home = new Household({ store });
      const talk = await home.ask(SWIMMING);
      store.crash = moment;
      await expect(talk.answer('at-2026-11-21T11:45')).rejects.toThrow('power cut');
      expect(await home.booked()).toHaveLength(moment === 'after' ? 1 : 0);
      await talk.goOn();
      expect(talk.said).toContain('**Saturday 21 November, 11:45–12:45**');
      expect(await home.booked()).toEqual(['Swimming lesson: Saturday 21 November, 11:45–12:45']);
      expect(store.bookings).toBe(1);
    }
  });

  test('tried again as a new run on the same thread -> still one booking', async () => {
    const store = new CrashingStore();
    const home = new Household({ store });
    const talk = home.on('t');
    talk.config.configurable['run_id'] = 'first';
    store.crash = 'after';
    await expect(talk.ask('Dentist for Tom next Tuesday 15:30, 45 min')).rejects.toThrow('power cut');
    talk.config.configurable['run_id'] = 'second';
    await talk.goOn();
    expect(await home.booked()).toHaveLength(1);
  });

  test('the same words twice on one thread are two requests', async () => {
    const home = new Household();
    const talk = await home.on('t').ask('Find an hour for Tom on Saturday afternoon');
    await talk.ask('Find an hour for Tom on Saturday afternoon');
    expect(await home.booked()).toEqual([
      'Appointment: Saturday 21 November, 12:00–13:00',
      'Appointment: Saturday 21 November, 13:00–14:00',
    ]);
  });

  test('the time was taken while the person thought -> asked again, saying by what', async () => {
    const home = new Household();
    const talk = await home.ask(SWIMMING);
    await home.ask('Painting for Mia on Saturday at 12:00');
    await talk.answer('at-2026-11-21T11:45');
    expect(talk.question.detail).toMatch(/the calendar has changed.*Mia has Painting \(12:00–13:00\)/);
    expect(talk.options).not.toContain('at-2026-11-21T11:45');
    await talk.answer('at-2026-11-22T10:00');
    expect(await home.booked()).toHaveLength(2);
  });

  test('two runs at the same moment never book one car twice', async () => {
    const home = new Household();
    const talks = await Promise.all([
      home.ask('Trip for Tom on Sunday at 9, we need the car'),
      home.ask('Outing for Mia on Sunday at 9, we need the car'),
    ]);
    const booked = await home.booked();
    expect(booked).toHaveLength(1);
    expect(talks.filter((talk) => talk.asks)).toHaveLength(1);
  });
});

describe('calendars, clocks and zones', () => {
  const own = [
    'BEGIN:VCALENDAR',
    'X-WR-TIMEZONE:America/New_York',
    'BEGIN:VEVENT',
    'UID:1',
    'SUMMARY:Meeting',
    'DTSTART;TZID=America/New_York:20261119T100000',
    'DURATION:PT1H',
    'END:VEVENT',
    'END:VCALENDAR',
  ].join('\r\n');

  test('one`s own calendar, in its own zone; the text does not stay in the state', async () => {
    const home = new Household();
    const talk = await home.ask('Haircut tomorrow at 10:30', {
      calendar: own,
      time_zone: null,
      now: '2026-11-18T14:00:00Z',
    });
    expect(talk.question.question).toContain('you have Meeting (10:00–11:00)');
    expect(talk.state.calendar).toBeNull();
    expect(talk.state.clock.zone).toBe('America/New_York');
    await talk.answer('at-2026-11-19T11:00');
    // 11:00 in New York
    expect(talk.state.ics).toContain('DTSTART:20261119T160000Z');
    const later = await home.ask('Haircut tomorrow at 11:15', { time_zone: 'America/New_York' });
    expect(later.question.question).toContain('Haircut (11:00–12:00)');
  });

  test.each([
    ['hello', /no iCalendar text/],
    [{}, /must be the text/],
    ['BEGIN:VCALENDAR\nx', /cannot be read/],
  ])('calendar %j -> an error that says why, and nothing is kept', async (calendar, reason) => {
    const home = new Household();
    await expect(home.ask('Dentist tomorrow at 3', { calendar })).rejects.toThrow(reason);
    expect((await home.ask('hello')).state.household.people).toHaveLength(4);
  });

  test.each([
    [{ time_zone: 'Mars/Base' }, /no time zone "Mars\/Base"/],
    [{ now: 'soon' }, /"now" must be a time/],
  ])('input %j -> an error that says what would do', async (input, reason) => {
    await expect(new Household().ask('Dentist tomorrow at 3', input)).rejects.toThrow(reason);
  });

  test('a booking in the hour that the clocks skip is an hour later, and the answer says so', async () => {
    const home = new Household();
    const talk = await home.ask('Star gazing for Anna on 2026-03-29 at 02:30, 30 minutes', {
      now: '2026-03-27T10:00',
    });
    expect(talk.said).toContain('Sunday 29 March, 03:30–04:00');
    expect(talk.state.booking?.start).toBe(Date.parse('2026-03-29T01:30Z'));
  });

  test('time and zone may come with the configuration; without them the graph`s clock and the machine count', async () => {
    const home = new Household();
    const talk = home.on('t');
    Object.assign(talk.config.configurable, { now: '2027-01-05T09:00', time_zone: 'Asia/Tokyo' });
    await talk.ask('Dentist for Tom tomorrow at 15:30', { now: undefined, time_zone: undefined });
    expect(talk.said).toContain('Wednesday 6 January, 15:30');
    expect(talk.state.clock).toEqual({
      now: Date.parse('2027-01-05T00:00Z'),
      zone: 'Asia/Tokyo',
      fixed: true,
    });
    const plain = await home.ask('Dentist for Tom tomorrow at 15:30', {
      now: undefined,
      time_zone: undefined,
    });
    expect(plain.state.clock).toMatchObject({ now: Date.parse(`${NOW}Z`), fixed: false });
  });
});

describe('the graph', () => {
  test('without a store -> an error that names what is missing', async () => {
    const home = new Household();
    delete home.graph.store;
    await expect(home.ask(SWIMMING)).rejects.toThrow(/keeps its calendar in a LangGraph store/);
  });

  test('without a message -> an error that says so', async () => {
    await expect(
      new Household().graph.invoke({ messages: [] }, { configurable: { thread_id: 't' } }),
    ).rejects.toThrow(/needs a message of the user/);
  });

  test('streams its answer in pieces under one id, and its progress', async () => {
    const { graph } = new Household();
    const input = { messages: [{ role: 'user', content: 'Dentist for Tom next Tuesday 15:30' }], now: NOW };
    const pieces = new Map<string, string>();
    const progress: unknown[] = [];
    let last: unknown;
    const stream = await graph.stream(input, {
      configurable: { thread_id: 't' },
      streamMode: ['messages', 'custom', 'values'],
    });
    for await (const [mode, chunk] of stream) {
      if (mode === 'custom') progress.push(chunk);
      if (mode === 'values') last = chunk;
      if (mode !== 'messages' || chunk[0].getType() !== 'ai' || !('concat' in chunk[0])) continue;
      const id = chunk[0].id ?? '';
      pieces.set(id, (pieces.get(id) ?? '') + chunk[0].text);
    }
    const [[id, text] = []] = pieces;
    expect(pieces.size).toBe(1);
    expect(last).toMatchObject({ messages: [{}, { id, content: text }] });
    expect(progress).toContainEqual({ type: 'progress', text: 'to be booked: Dentist for Tom' });
    expect(progress).toContainEqual({ type: 'progress', text: 'free on Tuesday 24 November' });
  });

  test('every step has a name for the page, and the runtime brings the checkpointer', () => {
    const nodes = Object.keys(shipped.nodes).filter((name) => !name.startsWith('__'));
    expect(Object.keys(meta.steps)).toEqual(nodes);
    expect(shipped.checkpointer).toBeUndefined();
  });

  test.each(meta.examples)('example “%s” is understood', async (example) => {
    const talk = await new Household().ask(example);
    expect(talk.state.wish.kind).not.toBe('unclear');
  });
});

/** Loses power once, just before or just after a booking is written. */
class CrashingStore extends InMemoryStore {
  crash: 'before' | 'after' | undefined;
  readonly #keys = new Set<string>();

  /** How many different bookings were ever written. */
  get bookings(): number {
    return this.#keys.size;
  }

  override async batch<Op extends readonly Operation[]>(operations: Op): Promise<OperationResults<Op>> {
    const puts = operations.flatMap((op) => ('value' in op && op.namespace.length === 3 ? [op.key] : []));
    if (puts.length > 0 && this.crash === 'before') this.#cut();
    const results = await super.batch(operations);
    for (const key of puts) this.#keys.add(key);
    if (puts.length > 0 && this.crash === 'after') this.#cut();
    return results;
  }

  #cut(): never {
    this.crash = undefined;
    throw new Error('power cut');
  }
}
