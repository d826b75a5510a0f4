import { isObject, type Json } from '@longrun/shared';
import type { Choice, Field, TextRules } from './schema.ts';

/**
 * What was filled in so far, in the shape of its field: text and numbers as typed, a choice as the place of its
 * option, a list as a list, a group as an object.
 */
export type Draft = Json;

/** What is wrong, by the path of the field: `''`, `name`, `address.city`, `guests.0`. */
export type Problems = Map<string, string>;

export function emptyDraft(field: Field): Draft {
  const { initial } = field;
  switch (field.kind) {
    case 'text':
      return typeof initial === 'string' ? shownTime(field, initial) : '';
    case 'number':
      return typeof initial === 'number' ? String(initial) : '';
    case 'boolean':
      return typeof initial === 'boolean' ? initial : null;
    case 'choice': {
      const known = indexOf(field.options, initial);
      return known >= 0 ? known : null;
    }
    case 'choices':
      return Array.isArray(initial)
        ? initial.map((one) => indexOf(field.options, one)).filter((place) => place >= 0)
        : [];
    case 'list': {
      const given = Array.isArray(initial) ? initial : [];
      const missing = Math.max(0, Math.min(field.min, 20) - given.length);
      return [
        ...given.map((one) => emptyDraft({ ...field.item, initial: one })),
        ...Array.from({ length: missing }, () => emptyDraft(field.item)),
      ];
    }
    case 'group':
      return Object.fromEntries(
        field.fields.map((one) => [
          one.name,
          emptyDraft(isObject(initial) && one.name in initial ? { ...one, initial: initial[one.name] } : one),
        ]),
      );
    case 'json':
      return initial === undefined ? '' : JSON.stringify(initial, null, 2);
    default:
      return field satisfies never;
  }
}

/**
 * The value that the draft stands for; undefined where nothing is given. Adds to `problems` what is missing and what cannot be
 * read.
 */
export function valueOf(
  field: Field,
  draft: Draft | undefined,
  problems: Problems,
  path = '',
): Json | undefined {
  const wrong = (text: string) => {
    problems.set(path, text);
    return undefined;
  };
  const missing = (text = 'This is needed.') =>
    field.nullable && field.required ? null : field.required ? wrong(text) : undefined;
  switch (field.kind) {
    case 'text': {
      const text = typeof draft === 'string' ? draft : '';
      if (text === '') return missing();
      return field.format === 'date-time' ? (storedTime(text) ?? wrong('This is not a time.')) : text;
    }
    case 'number': {
      const text = typeof draft === 'string' ? draft.trim().replace(',', '.') : '';
      if (text === '') return missing();
      return Number.isFinite(Number(text)) ? Number(text) : wrong('This is not a number.');
    }
    case 'boolean':
      return typeof draft === 'boolean' ? draft : missing('Please choose one.');
    case 'choice': {
      const option = typeof draft === 'number' ? field.options[draft] : undefined;
      return option === undefined ? missing('Please choose one.') : option.value;
    }
    case 'choices': {
      const places = Array.isArray(draft) ? draft : [];
      if (places.length === 0 && !field.required) return undefined;
      return field.options.filter((_, i) => places.includes(i)).map((option) => option.value);
    }
    case 'list': {
      const items = Array.isArray(draft) ? draft : [];
      if (items.length === 0 && !field.required) return undefined;
      return items.map((one, i) => valueOf(field.item, one, problems, join(path, i)) ?? null);
    }
    case 'group':
      return groupValue(field.fields, isObject(draft) ? draft : {}, problems, path, field.required);
    case 'json': {
      const text = typeof draft === 'string' ? draft : '';
      if (text.trim() === '') return missing();
      try {
        return JSON.parse(text) as Json;
      } catch (error) {
        return wrong(`This is not JSON yet: ${(error as Error).message}`);
      }
    }
    default:
      return field satisfies never;
  }
}

/** An optional group that was left empty is left out, whatever it would need inside. */
function groupValue(
  fields: readonly Field[],
  draft: { [name: string]: Json },
  problems: Problems,
  path: string,
  required: boolean,
): Json | undefined {
  const inner: Problems = new Map();
  const entries = fields.map(
    (one) => [one.name, valueOf(one, draft[one.name], inner, join(path, one.name))] as const,
  );
  const given = entries.filter(([, value]) => value !== undefined && value !== null);
  if (!required && given.length === 0 && fields.every((one) => isUntouched(one, draft[one.name])))
    return undefined;
  for (const [at, text] of inner) problems.set(at, text);
  return Object.fromEntries(
    entries.filter((entry): entry is readonly [string, Json] => entry[1] !== undefined),
  );
}

function isUntouched(field: Field, draft: Draft | undefined): boolean {
  return draft === undefined || JSON.stringify(draft) === JSON.stringify(emptyDraft(field));
}

export function join(path: string, name: string | number): string {
  return path === '' ? String(name) : `${path}.${name}`;
}

/** A `date-time` is typed in the person's own time and stored in UTC. */
function storedTime(text: string): string | undefined {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

function shownTime(field: TextRules, text: string): string {
  if (field.format !== 'date-time') return text;
  const time = Date.parse(text);
  if (Number.isNaN(time)) return '';
  const local = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

function indexOf(options: readonly Choice[], value: Json | undefined): number {
  return value === undefined
    ? -1
    : options.findIndex((option) => JSON.stringify(option.value) === JSON.stringify(value));
}
