import { constantFrom, assert, array, property, string } from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CalendarError } from './errors.ts';
import { parseCalendar } from './parse.ts';

const family = readFileSync(new URL('family.ics', import.meta.url), 'utf8');

describe('reading calendar text', () => {
  test.each([
    ['', 'must be the text of an .ics file'],
    [42, 'must be the text of an .ics file'],
    [{ ics: 'x' }, 'must be the text of an .ics file'],
    ['hello', 'no iCalendar text'],
    ['<html>BEGIN:VCALENDAR</html>', 'no iCalendar text'],
    ['BEGIN:VCALENDAR\nBEGIN:VEVENT', 'cannot be read'],
    ['BEGIN:VCALENDAR\nthis is no property\nEND:VCALENDAR', 'cannot be read'],
    ['BEGIN:VCARD\nFN:BEGIN\nEND:VCARD', 'no iCalendar text'],
    [`BEGIN:VCALENDAR\n${'X-A:b\n'.repeat(100_000)}END:VCALENDAR`, 'at most 500000 are read'],
    [
      `BEGIN:VCALENDAR\n${'BEGIN:VEVENT\nEND:VEVENT\n'.repeat(6_000)}END:VCALENDAR`,
      '6000 VEVENT parts; at most 5000',
    ],
  ])('%.40j -> %s', (text, message) => {
    expect(() => parseCalendar(text)).toThrow(CalendarError);
    expect(() => parseCalendar(text)).toThrow(message);
  });

  test('several calendars in one text, a byte order mark, bare line feeds', () => {
    const one = 'BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n';
    expect(parseCalendar(`\uFEFF${one}${one}`)).toHaveLength(2);
  });

  test('text with anything changed is read, or refused as a calendar error', () => {
    const lines = family.split('\n').slice(0, 40);
    const damage = array(
      constantFrom('', 'BEGIN:VEVENT', 'END:VEVENT', ':', ';', 'RRULE:FREQ=', '\u0000', 'DTSTART:9', ' '),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    assert(
      property(damage, string(), (parts, junk) => {
        const at = junk.length % lines.length;
        const text = [...lines.slice(0, at), ...parts, junk, ...lines.slice(at), 'END:VCALENDAR'].join('\n');
        try {
          parseCalendar(text);
        } catch (error) {
          expect(error).toBeInstanceOf(CalendarError);
        }
      }),
    );
  });
});
