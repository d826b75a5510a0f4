import { describe, expect, test } from 'vitest';
import { Household } from '../testing.ts';

const said = async (text: string, input: Record<string, unknown> = {}) =>
  (await new Household().ask(text, input)).said;

describe('what is planned', () => {
  test('of a person: theirs alone, and when they are free while they are up', async () => {
    expect(await said('What is on for Mia on Friday?')).toContain(
      [
        'This is planned for Mia:',
        '',
        '**Friday 20 November**',
        '',
        '- 08:00–13:15 School (Mia)',
        '- 16:00–17:00 Ballet (Mia, Anna, Car)',
        '- free 07:00–08:00, 13:15–16:00 and 17:00–20:00',
      ].join('\n'),
    );
  });

  test('of a thing: free but for its way', async () => {
    const text = await said('Is the car free on Friday?');
    expect(text).toContain('This is planned for the car:');
    expect(text).toContain('- free 07:00–15:45 and 18:45–22:00');
    expect(text).not.toContain('School');
  });

  test('of a part of a day', async () => {
    const text = await said('Is Ben busy on Saturday morning?');
    expect(text).toContain('09:30–11:30 Football match');
    expect(text).toContain('free 07:00–09:30 and 11:30–12:00');
  });

  test('of nobody by name: of everybody, a day without anything too', async () => {
    const text = await said('Show the calendar for next weekend');
    expect(text).toContain('**Saturday 28 November**\n\n- 09:30–11:30 Football match');
    expect(text).toContain('**Sunday 29 November**\n\n- 14:00–16:00 Baking');
    expect(text).not.toContain('Monday');
    expect(text).not.toContain('free');
  });

  test('a birthday is told and keeps nobody busy', async () => {
    const text = await said('What is planned for Tom on 2 November?', { now: '2026-10-20T09:00' });
    expect(text).toContain("all day Tom's birthday (Tom)");
    expect(text).toContain('free 07:00–08:00');
  });

  test('of a very full day the first events', async () => {
    const events = Array.from(
      { length: 40 },
      (_, i) =>
        `BEGIN:VEVENT\nUID:${i}\nSUMMARY:Call *${i}*\nDTSTART:20261120T0900${String(i).padStart(2, '0')}\nDURATION:PT5M\nEND:VEVENT`,
    );
    const text = await said('What is planned on Friday?', {
      calendar: `BEGIN:VCALENDAR\n${events.join('\n')}\nEND:VCALENDAR`,
    });
    expect(text).toContain('- and 10 more');
    // Words of a calendar are no markup.
    expect(text).toContain(String.raw`Call \*0\*`);
  });
});
