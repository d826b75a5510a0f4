import { isObject, type Json, type JsonObject } from '@longrun/shared';
import { Validator, type OutputUnit, type SchemaDraft } from '@cfworker/json-schema';
import type { Problems } from './fill.ts';
import { lookUp, type Field } from './schema.ts';

/**
 * What the schema of a question has against a value, at the fields where it can be changed. A schema that cannot be judged
 * here forbids nothing: the graph will say what it thinks.
 */
export function problemsOf(schema: JsonObject, field: Field, value: Json): Problems {
  const problems: Problems = new Map();
  const rules = readable(schema);
  const errors = causes(validate(rules, value));
  const known = errors.filter(({ keyword }) => WORDS[keyword] !== undefined);
  for (const error of [...known, ...errors]) {
    const { place, beyond } = placeOf(field, whereOf(error));
    const [where, text] = [beyond.join('.'), textOf(rules, error)];
    if (!problems.has(place)) problems.set(place, where === '' ? text : `${where}: ${text}`);
  }
  return problems;
}

function validate(rules: JsonObject, value: Json): OutputUnit[] {
  try {
    return new Validator(rules, draftOf(rules), false).validate(value).errors;
  } catch {
    // A reference that leads nowhere, or in a circle.
    return [];
  }
}

/**
 * A copy without patterns that this browser cannot read, with the open bounds of draft 4 as they are written today. A time of
 * the day is what the browser's field gives, which has no zone.
 */
function readable(schema: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(schema), (keyword, rule: unknown) => {
    if (keyword === 'pattern' && typeof rule === 'string' && !isPattern(rule)) return undefined;
    if (keyword === 'format' && rule === 'time') return undefined;
    if (!isObject(rule)) return rule;
    if (keyword !== 'patternProperties') return withOpenBounds(rule);
    return Object.fromEntries(Object.entries(rule).filter(([pattern]) => isPattern(pattern)));
  });
}

function withOpenBounds(rules: JsonObject): JsonObject {
  const { exclusiveMinimum: above, exclusiveMaximum: below, ...rest } = rules;
  const { minimum, maximum } = rest;
  if (above === true && minimum !== undefined) rest['exclusiveMinimum'] = minimum;
  else if (above !== undefined && typeof above !== 'boolean') rest['exclusiveMinimum'] = above;
  if (below === true && maximum !== undefined) rest['exclusiveMaximum'] = maximum;
  else if (below !== undefined && typeof below !== 'boolean') rest['exclusiveMaximum'] = below;
  return rest;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

function draftOf(schema: JsonObject): SchemaDraft {
  const said = String(schema['$schema'] ?? '');
  if (/draft-0[467]/.test(said)) return '7';
  return said.includes('2019-09') ? '2019-09' : '2020-12';
}

/** A rule that is broken within another one is why that is broken too. */
function causes(errors: readonly OutputUnit[]): OutputUnit[] {
  return errors.filter(
    ({ keywordLocation }) => !errors.some((other) => other.keywordLocation.startsWith(`${keywordLocation}/`)),
  );
}

/** What is missing is missing at its own place. */
function whereOf({ instanceLocation, keyword, error }: OutputUnit): string[] {
  const missing = keyword === 'required' ? /required property "(.*)"\.$/s.exec(error)?.[1] : undefined;
  return [...partsOf(instanceLocation), ...(missing === undefined ? [] : [missing])];
}

/** The path of the field that holds what is wrong, and the rest of the way to it. */
function placeOf(field: Field, parts: readonly string[]): { place: string; beyond: readonly string[] } {
  let at: Field | undefined = field;
  for (let depth = 0; depth < parts.length; depth += 1) {
    const part = parts[depth];
    at =
      at.kind === 'group'
        ? at.fields.find(({ name }) => name === part)
        : at.kind === 'list'
          ? at.item
          : undefined;
    if (at === undefined) return { place: parts.slice(0, depth).join('.'), beyond: parts.slice(depth) };
  }
  return { place: parts.join('.'), beyond: [] };
}

function textOf(schema: JsonObject, { keyword, keywordLocation, error }: OutputUnit): string {
  return WORDS[keyword]?.(ruleAt(schema, keywordLocation)) ?? `This is not what is asked for: ${error}`;
}

/** The value of a keyword, references followed. */
function ruleAt(root: JsonObject, location: string): Json {
  let found: Json = root;
  for (const part of partsOf(location)) {
    if (Array.isArray(found)) found = found[Number(part)] ?? null;
    else if (isObject(found)) found = found[part] ?? null;
    if (part === '$ref' && typeof found === 'string') found = found === '#' ? root : lookUp(root, found);
  }
  return found;
}

function partsOf(pointer: string): string[] {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
}

const FORMATS: { [format: string]: string } = {
  date: 'a date',
  'date-time': 'a date with a time',
  email: 'an email address',
  uri: 'an address such as https://example.org',
};

const TYPES: { [type: string]: string } = {
  integer: 'A whole number, please.',
  number: 'A number, please.',
  string: 'A text, please.',
};

/** What is asked for, by the keyword that was not kept; `null`: it cannot be said more plainly. */
const WORDS: { [keyword: string]: (rule: Json) => string | null } = {
  required: () => 'This is needed.',
  minLength: (rule) => `At least ${String(rule)} characters, please.`,
  maxLength: (rule) => `At most ${String(rule)} characters, please.`,
  pattern: (rule) => `This must match ${String(rule)}`,
  format: (rule) => `This is not ${FORMATS[String(rule)] ?? `in the format “${String(rule)}”`}.`,
  minimum: (rule) => `At least ${String(rule)}, please.`,
  maximum: (rule) => `At most ${String(rule)}, please.`,
  exclusiveMinimum: (rule) => `More than ${String(rule)}, please.`,
  exclusiveMaximum: (rule) => `Less than ${String(rule)}, please.`,
  multipleOf: (rule) => `A multiple of ${String(rule)}, please.`,
  minItems: (rule) => `At least ${String(rule)}, please.`,
  maxItems: (rule) => `At most ${String(rule)}, please.`,
  uniqueItems: () => 'Each only once, please.',
  const: (rule) => `This must be ${JSON.stringify(rule)}.`,
  type: (rule) => (typeof rule === 'string' ? (TYPES[rule] ?? null) : null),
};
