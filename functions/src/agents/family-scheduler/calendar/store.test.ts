import { InMemoryStore } from '@langchain/langgraph';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../time/wall.ts';
import { blocksWithin } from './blocks.ts';
import { zoneNamed } from './calendar.ts';
import { CalendarStore } from './store.ts';
import { eventText } from './write.ts';

const zone = zoneNamed('Europe/Berlin');
const NOW = Date.UTC(2026, 10, 18, 9);
const own = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR';

function event(n: number, title = `Event ${n}`) {
  const slot = { start: NOW + n * HOUR, end: NOW + (n + 1) * HOUR };
  const text = eventText(
    { ...slot, uid: `u${n}`, title, people: [], resources: [], allDay: false, floating: false },
    zone,
    NOW,
  );
  return { events: [text], uids: [`u${n}`], settled: true };
}

async function titles(store: CalendarStore, options?: { without?: string }): Promise<string[]> {
  const { entries } = await store.read(zone, options);
  return blocksWithin(entries, { start: NOW, end: NOW + 30 * DAY }).map(({ title }) => title);
}

describe('the calendar in the store', () => {
  test('without a store -> an error that says what is missing', () => {
    expect(() => new CalendarStore(undefined, 'ada')).toThrow(/LangGraph store, and was given none/);
  });

  test('empty -> the example family, written once, with people, a car and its way', async () => {
    const store = new InMemoryStore();
    const calendar = new CalendarStore(store, 'ada');
    const { household, source, problems } = await calendar.read(zone);
    expect(source).toBe('example');
    expect(problems).toEqual([]);
    expect(household.people.map(({ name, group }) => [name, group])).toEqual([
      ['Anna', 'parents'],
      ['Ben', 'parents'],
      ['Tom', 'kids'],
      ['Mia', 'kids'],
    ]);
    expect(household.resources[0]).toEqual({ name: 'Car', travel: HOUR / 4 });
    const written = await store.get(['calendar', 'ada'], 'calendar');
    await calendar.read(zone);
    expect((await store.get(['calendar', 'ada'], 'calendar'))?.updatedAt).toEqual(written?.updatedAt);
  });

  test('a calendar of one`s own takes its place; what was booked for the example stays there', async () => {
    const calendar = new CalendarStore(new InMemoryStore(), 'ada');
    await calendar.book('k1', event(1, 'For the example'));
    await calendar.replace(own);
    expect(await titles(calendar)).toEqual([]);
    await calendar.book('k2', event(2, 'My own'));
    await calendar.replace(own);
    expect(await titles(calendar)).toEqual(['My own']);
  });

  test('what is no calendar is refused, and the one before stays', async () => {
    const calendar = new CalendarStore(new InMemoryStore(), 'ada');
    await calendar.replace(own);
    await expect(calendar.replace('hello')).rejects.toThrow(/no iCalendar text/);
    expect((await calendar.read(zone)).source).toBe('own');
  });

  test('booking the same key again changes nothing; it can be left out and taken back', async () => {
    const calendar = new CalendarStore(new InMemoryStore(), 'ada');
    await calendar.replace(own);
    await calendar.book('k', event(1));
    await calendar.book('k', event(1));
    expect(await titles(calendar)).toEqual(['Event 1']);
    expect(await titles(calendar, { without: 'k' })).toEqual([]);
    await calendar.unbook('k');
    expect(await titles(calendar)).toEqual([]);
  });

  test('hundreds of bookings are all read', async () => {
    const calendar = new CalendarStore(new InMemoryStore(), 'ada');
    await calendar.replace(own);
    for (let n = 0; n < 530; n += 1) await calendar.book(`k${n}`, event(n));
    expect(await titles(calendar)).toHaveLength(530);
  });

  test('people do not see each other`s, whatever their ids', async () => {
    const store = new InMemoryStore();
    const ids = ['ada', 'ada.lovelace', 'ada/lovelace', 'ada%2Elovelace'];
    for (const [n, id] of ids.entries()) {
      await new CalendarStore(store, id).replace(own);
      await new CalendarStore(store, id).book('k', event(n));
    }
    for (const [n, id] of ids.entries())
      expect(await titles(new CalendarStore(store, id))).toEqual([`Event ${n}`]);
  });
});
