import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { EVENT_TYPES, isCommand, isTerminalEvent, traitsOf, type EventTraits } from './event-types.ts';
import { runEventSchema } from './events.ts';

const types: [string, EventTraits][] = Object.entries(EVENT_TYPES);

it('every type that the log may hold is described', () => {
  const schemas = runEventSchema.def.options.flatMap((one) => one.shape.type.def.values);
  expect(types.map(([type]) => type).toSorted()).toEqual(schemas.toSorted());
});

it('what ends the run ends its attempt, is shown at once and told', () => {
  for (const [, traits] of types.filter(([, { terminal }]) => terminal)) {
    expect(traits).toMatchObject({ attempt: 'ends', flush: 'at once', glance: 'at once', told: true });
  }
});

it('an unknown type -> nothing follows from it', () => {
  const unknown = { type: 'unknown' } as const;
  expect(traitsOf(unknown)).toMatchObject({ flush: 'paced', glance: 'no', told: false });
  expect([isTerminalEvent(unknown), isCommand(unknown)]).toEqual([false, false]);
});

it('ARCHITECTURE.md holds the table', async () => {
  const text = await readFile(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8');
  const rows = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  for (const [type, { says, by, flush, glance, told }] of types) {
    expect(rows).toContainEqual(['', `\`${type}\``, says, by, flush, glance, told ? 'yes' : 'no', '']);
  }
});
