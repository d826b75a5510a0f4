import { describe, expect, test } from 'vitest';
import { Household } from './testing.ts';

const SWIMMING = 'Book a swimming lesson for Mia on Saturday at 10 for an hour; we need the car';

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
      properties: { minutes: { type: 'integer', default: 60 }, cancel: { type: 'boolean' } },
    });
    expect(talk.question.options).toBeUndefined();
    await talk.answer({ date: '2026-02-30', time: '10:00' });
    expect(talk.question.detail).toMatch(/date must be a day/);
    await talk.answer({ date: '2026-11-20', time: '16:30', minutes: 30 });
    expect(talk.question.question).toContain('Mia has Ballet (16:00–17:00)');
    await talk.answer('other');
    await talk.answer({ date: '2026-11-22', time: '10:30' });
    expect(await home.booked()).toEqual(['Swimming lesson: Sunday 22 November, 10:30–11:00']);
  });

  test('the form can be cancelled, too', async () => {
    for (const answer of [{ date: '2026-11-22', time: '10:30', cancel: true }, { cancel: true }, 'cancel']) {
      const home = new Household();
      const talk = await (await home.ask(SWIMMING)).answer('other');
      await talk.answer(answer);
      expect(talk.said).toMatch(/^Nothing was booked/);
      expect(await home.booked()).toEqual([]);
    }
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

  test('several whole days', async () => {
    const home = new Household();
    const talk = await home.ask('Camping with the kids from Friday to Sunday');
    expect(talk.question.question).toContain('Tom has Football match (Saturday 21 November, 09:30–11:30)');
    expect(talk.options.filter((value) => value.startsWith('at-'))).toEqual([]);
    await talk.answer('anyway');
    expect(talk.said).toContain('**Friday 20 November – Sunday 22 November, all day**');
    expect(talk.state.ics).toContain('DTEND;VALUE=DATE:20261123');
  });

  test('whole days at another time -> asked for the first of them only', async () => {
    const home = new Household();
    const talk = await (await home.ask('Camping with the kids from Friday to Sunday')).answer('other');
    expect(talk.question.schema).toMatchObject({ required: ['date'] });
    await talk.answer({ date: '2026-12-26' });
    await talk.answer('anyway');
    expect(await home.booked('2026-12-26')).toEqual([
      'Camping: Saturday 26 December – Monday 28 December, all day',
    ]);
  });

  test('of many conflicts the first are named', async () => {
    const talk = await new Household().ask('Skiing for the whole family from 27 November to 8 December');
    expect(talk.question.question.length).toBeLessThan(500);
    expect(talk.question.question).toMatch(/and \d+ more/);
    await talk.answer('anyway');
    expect(talk.said).toMatch(/in spite of this: .* and \d+ more/);
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
