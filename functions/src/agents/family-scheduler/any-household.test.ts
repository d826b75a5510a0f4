import { array, assert, asyncProperty, constantFrom, integer, oneof, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blocksWithin, type Block } from './calendar/blocks.ts';
import { zoneNamed } from './calendar/calendar.ts';
import { CalendarStore } from './calendar/store.ts';
import { Household, USER } from './testing.ts';
import { DAY, HOUR, MINUTE } from './time/wall.ts';

const zone = zoneNamed('Europe/Berlin');
const FROM = Date.parse('2026-11-18T00:00Z');
const TRAVEL = 15 * MINUTE;
/** Questions that are answered before a person gives up. */
const PATIENCE = 6;

const day = constantFrom(
  'today',
  'tomorrow',
  'on Friday',
  'on Saturday',
  'on Sunday',
  'next Monday',
  'this weekend',
  'next week',
);
const request = record({
  who: constantFrom('for Mia', 'for Tom and Ben', 'for everyone', 'for Anna', 'with the kids', ''),
  when: day,
  hour: constantFrom('at 10', 'at 15:30', 'at 19:00', 'in the evening', 'between 9 and 14', ''),
  minutes: constantFrom(30, 60, 150),
  what: constantFrom('; we need the car', ' in the kitchen', ''),
}).map(
  ({ who, when, hour, minutes, what }) => `Book an outing ${who} ${when} ${hour}, ${minutes} minutes${what}`,
);
const answer = oneof(
  integer({ min: 0, max: 6 }).map((n) => ({ option: n })),
  record({
    date: constantFrom('2026-11-19', '2026-11-21', '2026-11-17', 'soon'),
    time: constantFrom('07:00', '11:15', '20:00'),
  }),
  constantFrom<unknown>('nonsense', 5, {}, { cancel: 'yes' }),
);

async function all(home: Household): Promise<Block[]> {
  const { entries } = await new CalendarStore(home.store, USER).read(zone);
  return blocksWithin(entries, { start: FROM, end: FROM + 40 * DAY });
}

describe('D9 whatever is asked and answered', () => {
  test('every booking is told once, and no thing is ever in two places', async () => {
    const talk = record({ request, answers: array(answer, { maxLength: PATIENCE }) });
    await assert(
      asyncProperty(array(talk, { minLength: 1, maxLength: 4 }), async (talks) => {
        const home = new Household();
        let told = 0;
        for (const { request, answers } of talks) {
          const asked = await home.ask(request);
          for (const given of answers) {
            if (!asked.asks) break;
            const options = asked.options;
            const chosen =
              'option' in Object(given)
                ? options[(given as { option: number }).option % options.length]
                : given;
            await asked.answer(chosen ?? { cancel: true });
          }
          if (asked.asks) continue;
          expect(asked.said).toMatch(/^(?:Booked: |Nothing was booked|“.*” is in the calendar already)/);
          if (asked.said.startsWith('Booked: ')) told += 1;
        }
        const blocks = await all(home);
        expect(blocks.filter(({ uid }) => uid.endsWith('@longrun'))).toHaveLength(told);
        for (const [thing, travel] of [
          ['Car', TRAVEL],
          ['Kitchen', 0],
        ] as const) {
          const uses = blocks.filter(({ resources }) => resources.includes(thing));
          for (const [i, use] of uses.entries()) {
            const next = uses[i + 1];
            if (next !== undefined) expect(next.start - use.end).toBeGreaterThanOrEqual(travel);
          }
        }
        // Nothing that the family always does was lost on the way.
        expect(blocks.filter(({ title }) => title === 'School').length).toBeGreaterThan(30);
        for (const { start, end } of blocks) expect(end - start).toBeGreaterThan(HOUR / 12 - 1);
      }),
      { numRuns: 10 },
    );
  });
});
