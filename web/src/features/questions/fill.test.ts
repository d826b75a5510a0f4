import type { Json, JsonObject } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { emptyDraft, valueOf, type Problems } from './fill.ts';
import { fieldOf } from './schema.ts';

const field = (schema: JsonObject) => fieldOf(schema, schema, '', true);

function fill(
  schema: JsonObject,
  draft: Json,
): { value: Json | undefined; problems: { [path: string]: string } } {
  const problems: Problems = new Map();
  const value = valueOf(field(schema), draft, problems);
  return { value, problems: Object.fromEntries(problems) };
}

const BOOKING: JsonObject = {
  type: 'object',
  required: ['name', 'guests', 'place'],
  properties: {
    name: { type: 'string', minLength: 2, title: 'Your name' },
    guests: { type: 'integer', minimum: 1, maximum: 8, default: 2 },
    table: { enum: ['window', 'garden'] },
    place: {
      type: 'object',
      required: ['city'],
      properties: { city: { type: 'string' }, zip: { type: 'string', pattern: '^\\d{5}$' } },
    },
    extras: { type: 'array', items: { enum: ['cake', 'wine'] } },
    notes: { type: 'array', items: { type: 'string' }, maxItems: 2 },
    vegan: { type: 'boolean' },
  },
};

describe('a form from a JSON Schema', () => {
  it('begins with its defaults', () => {
    expect(emptyDraft(field(BOOKING))).toEqual({
      name: '',
      guests: '2',
      table: null,
      place: { city: '', zip: '' },
      extras: [],
      notes: [],
      vegan: null,
    });
  });

  it('filled in -> a value of the schema; what is optional and empty is left out', () => {
    const draft = {
      name: 'Ann',
      guests: '3',
      table: 1,
      place: { city: 'Bonn', zip: '' },
      extras: [1],
      vegan: false,
    };
    expect(fill(BOOKING, draft)).toEqual({
      value: {
        name: 'Ann',
        guests: 3,
        table: 'garden',
        place: { city: 'Bonn' },
        extras: ['wine'],
        vegan: false,
      },
      problems: {},
    });
  });

  it('what is wrong is said at its field', () => {
    const draft = { name: 'A', guests: '9', place: { city: '', zip: '12' }, notes: ['a', 'b', 'c'] };
    expect(fill(BOOKING, draft).problems).toEqual({
      name: 'At least 2 characters, please.',
      guests: 'At most 8, please.',
      'place.city': 'This is needed.',
      'place.zip': 'This must match ^\\d{5}$',
      notes: 'From 0 to 2, please.',
    });
  });

  it.each<[string, JsonObject, string, string | null]>([
    ['a whole number', { type: 'integer' }, '1.5', 'A whole number, please.'],
    ['no number', { type: 'number' }, 'two', 'This is not a number.'],
    ['an open bound', { type: 'number', exclusiveMinimum: 0 }, '0', 'More than 0, please.'],
    ['a step', { type: 'number', multipleOf: 0.1 }, '0.3', null],
    ['a step missed', { type: 'number', multipleOf: 0.5 }, '0.3', 'A multiple of 0.5, please.'],
    ['a decimal comma', { type: 'number' }, '1,5', null],
    ['an address', { type: 'string', format: 'email' }, 'ann', 'This is not an email address.'],
    ['a pattern that is broken forbids nothing', { type: 'string', pattern: '(' }, 'x', null],
  ])('%s', (_what, schema, draft, problem) => {
    expect(fill(schema, draft).problems['']).toBe(problem ?? undefined);
  });

  it('a time is typed here and stored in UTC', () => {
    const { value } = fill({ type: 'string', format: 'date-time' }, '2026-11-23T09:30');
    expect(value).toBe(new Date('2026-11-23T09:30').toISOString());
    const schema = { type: 'string', format: 'date-time', default: String(value) };
    expect(emptyDraft(field(schema))).toBe('2026-11-23T09:30');
  });

  it('null where nothing is given but something must be, if the schema allows null', () => {
    const schema: JsonObject = {
      type: 'object',
      required: ['a', 'b'],
      properties: { a: { type: ['string', 'null'] }, b: { anyOf: [{ type: 'number' }, { type: 'null' }] } },
    };
    expect(fill(schema, { a: '', b: '' })).toEqual({ value: { a: null, b: null }, problems: {} });
  });

  it('an optional group that was left empty is left out, whatever it needs inside', () => {
    const schema: JsonObject = {
      type: 'object',
      properties: { place: { type: 'object', required: ['city'], properties: { city: { type: 'string' } } } },
    };
    expect(fill(schema, { place: { city: '' } })).toEqual({ value: {}, problems: {} });
  });

  it('definitions are followed; what leads in a circle or is not known is filled in as JSON', () => {
    const schema: JsonObject = {
      $ref: '#/$defs/person',
      $defs: {
        person: {
          type: 'object',
          properties: { name: { type: 'string' }, boss: { $ref: '#/$defs/person' } },
        },
      },
    };
    expect(field(schema)).toMatchObject({
      kind: 'group',
      fields: [{ name: 'name' }, { name: 'boss', kind: 'group' }],
    });
    expect(field({ $ref: '#/$defs/none' }).kind).toBe('json');
    expect(fill({ allOf: [] }, '{"a":1}').value).toEqual({ a: 1 });
  });

  it('alternatives that are constants are a choice with their titles', () => {
    const schema: JsonObject = {
      oneOf: [
        { const: 1, title: 'One' },
        { const: 2, title: 'Two' },
      ],
    };
    expect(field(schema)).toMatchObject({ kind: 'choice', options: [{ label: 'One' }, { label: 'Two' }] });
    expect(fill(schema, 1).value).toBe(2);
  });
});
