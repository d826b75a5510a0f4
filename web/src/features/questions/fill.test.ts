import type { Json, JsonObject } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { readAnswer } from './draft.ts';
import { emptyDraft } from './fill.ts';
import { questionOf } from './question.ts';
import { fieldOf } from './schema.ts';

const field = (schema: JsonObject) => fieldOf(schema, schema, '', true);

function fill(
  schema: JsonObject,
  draft: Json,
): { value: Json | undefined; problems: { [path: string]: string } } {
  const { value, problems } = readAnswer(questionOf({ question: 'What?', schema }), draft);
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
      notes: 'At most 2, please.',
    });
  });

  it.each<[string, JsonObject, string, string | null]>([
    ['a whole number', { type: 'integer' }, '1.5', 'A whole number, please.'],
    ['no number', { type: 'number' }, 'two', 'This is not a number.'],
    ['an open bound', { type: 'number', exclusiveMinimum: 0 }, '0', 'More than 0, please.'],
    ['a step', { type: 'number', multipleOf: 0.1 }, '0.3', null],
    ['a step missed', { type: 'number', multipleOf: 0.5 }, '0.3', 'A multiple of 0.5, please.'],
    ['a decimal comma', { type: 'number' }, '1,5', null],
    [
      'an open bound of draft 4',
      { type: 'number', maximum: 3, exclusiveMaximum: true },
      '3',
      'Less than 3, please.',
    ],
    ['a time of the day has no zone', { type: 'string', format: 'time' }, '09:30', null],
    ['no time', { type: 'string', format: 'date-time' }, 'soon', 'This is not a time.'],
    [
      'no address',
      { type: 'string', format: 'uri' },
      'x',
      'This is not an address such as https://example.org.',
    ],
    ['a constant', { type: 'string', const: 'yes' }, 'no', 'This must be "yes".'],
    [
      'a rule of one of several schemas',
      { type: 'string', allOf: [{ minLength: 2 }] },
      'x',
      'At least 2 characters, please.',
    ],
    [
      'what is not allowed',
      { type: 'string', not: { const: 'x' } },
      'x',
      'This is not what is asked for: Instance matched "not" schema.',
    ],
    [
      'JSON, at the place in it',
      { allOf: [{ properties: { a: { items: { type: 'string' } } } }] },
      '{"a":["b",1]}',
      'a.1: A text, please.',
    ],
    ['a reference that leads nowhere forbids nothing', { type: 'string', $ref: '#/$defs/none' }, '"x"', null],
    ['an address', { type: 'string', format: 'email' }, 'ann', 'This is not an email address.'],
    ['a pattern that is broken forbids nothing', { type: 'string', pattern: '(' }, 'x', null],
  ])('%s', (_what, schema, draft, problem) => {
    expect(fill(schema, draft).problems['']).toBe(problem ?? undefined);
  });

  it('rules of definitions, and between fields, are said at a field that can be changed', () => {
    const schema: JsonObject = {
      type: 'object',
      properties: {
        tags: { type: 'array', items: { type: 'string' }, uniqueItems: true },
        age: { $ref: '#/$defs/age' },
        'a/b~c': { type: 'object', properties: { from: { type: 'string', format: 'date' } } },
      },
      dependentRequired: { age: ['tags'] },
      $defs: { age: { type: 'integer', minimum: 18 } },
    };
    expect(fill(schema, { tags: ['x', 'x'], age: '7', 'a/b~c': { from: '2026-02-30' } }).problems).toEqual({
      tags: 'Each only once, please.',
      age: 'At least 18, please.',
      'a/b~c.from': 'This is not a date.',
    });
    expect(fill(schema, { age: '18' }).problems).toEqual({
      '': 'This is not what is asked for: Instance has "age" but does not have "tags".',
    });
  });

  it('what is missing or cannot be read is said once, and not what follows from it', () => {
    const schema: JsonObject = {
      type: 'object',
      required: ['list', 'n'],
      properties: { list: { type: 'array', items: { type: 'number' } }, n: { type: 'number', minimum: 1 } },
    };
    expect(fill(schema, { list: ['x'], n: '' }).problems).toEqual({
      'list.0': 'This is not a number.',
      n: 'This is needed.',
    });
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
