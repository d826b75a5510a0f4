import { array, assert, boolean, constantFrom, integer, property, record, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../time/wall.ts';
import { blocksWithin } from './blocks.ts';
import { readCalendar, zoneNamed } from './calendar.ts';
import { eventText, movedText } from './write.ts';

const EMPTY = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR';
const NOW = Date.UTC(2026, 10, 18);
const zone = zoneNamed('Europe/Berlin');

describe('writing events', () => {
  test('what is written is read back as it was, whatever the words', () => {
    const event = record({
      title: string({ minLength: 1, unit: 'grapheme' }).map((text) => `T${text.trim()}`),
      people: array(constantFrom('Mia', 'Ana "Nina" López', 'Ö, ;:\\'), { maxLength: 2 }),
      start: integer({ min: 0, max: 40_000 }).map((n) => NOW + n * 15 * MINUTE),
      minutes: integer({ min: 5, max: 600 }),
      floating: boolean(),
    });
    assert(
      property(event, ({ title, people, start, minutes, floating }) => {
        const slot = { start, end: start + minutes * MINUTE };
        const text = eventText(
          { ...slot, uid: 'u', title, people, resources: ['Car'], allDay: false, floating },
          zone,
          NOW,
        );
        const { entries, problems } = readCalendar(EMPTY, [text], zone);
        expect(problems).toEqual([]);
        const [block] = blocksWithin(entries, { start: slot.start - DAY, end: slot.end + DAY });
        // Floating times cannot tell the two hours apart at the end of summer time.
        if (floating && zone.toInstant(zone.toWall(slot.start)) !== slot.start) return;
        if (floating && zone.toInstant(zone.toWall(slot.end)) !== slot.end) return;
        expect(block).toMatchObject({ ...slot, uid: 'u', resources: ['Car'] });
        expect(block?.title).toBe(title.replaceAll('\r\n', '\n').trim());
        expect(block?.people).toHaveLength(new Set(people).size);
      }),
    );
  });

  test('a whole day', () => {
    const start = zone.toInstant(Date.UTC(2026, 2, 29));
    const slot = { start, end: zone.toInstant(Date.UTC(2026, 2, 30)) };
    const text = eventText(
      { ...slot, uid: 'u', title: 'Trip', people: [], resources: [], allDay: true, floating: false },
      zone,
      NOW,
    );
    expect(text).toContain('DTSTART;VALUE=DATE:20260329');
    const { entries } = readCalendar(EMPTY, [text], zone);
    expect(blocksWithin(entries, slot)).toEqual([expect.objectContaining({ ...slot, allDay: true })]);
  });

  test.each([
    'DTSTART:20261116T100000',
    'DTSTART;TZID=America/New_York:20261116T100000',
    'DTSTART:20261116T100000Z',
  ])('one occurrence of a repeating event (%s) is moved, the others stay', (start) => {
    const ics = `BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:w\nSUMMARY:Shopping\n${start}\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nATTENDEE;CN=Mia:mailto:mia@example.org\nEND:VEVENT\nEND:VCALENDAR`;
    const window = { start: NOW, end: NOW + 14 * DAY };
    const before = blocksWithin(readCalendar(ics, [], zone).entries, window);
    const [first, second] = before;
    if (first === undefined) throw new Error('There is no occurrence.');
    const to = { start: first.start + 3 * HOUR, end: first.end + 3 * HOUR };
    const text = movedText(first, to, zone, NOW);
    const after = blocksWithin(readCalendar(ics, [text], zone).entries, window);
    expect(after).toEqual([{ ...first, ...to, floating: expect.any(Boolean) }, second]);
    // Moved again, the later version counts.
    const again = movedText(first, { start: to.start + HOUR, end: to.end + HOUR }, zone, NOW + 1_000);
    const last = blocksWithin(readCalendar(ics, [again, text], zone).entries, window);
    expect(last[0]?.start).toBe(to.start + HOUR);
  });
});
