import { isObject, type Json, type JsonObject } from '@longrun/shared';
import { words } from '../../lib/format.ts';

export interface Choice {
  value: Json;
  label: string;
  detail: string | null;
}

interface Common {
  name: string;
  label: string;
  detail: string | null;
  required: boolean;
  /** Stands in its place when nothing is given although something must be. */
  nullable: boolean;
  initial: Json | undefined;
}

/**
 * One thing to fill in: what its input looks like. What a JSON Schema says beyond this becomes a field for JSON text; whether
 * an answer keeps to the schema is check.ts's.
 */
export type Field = Common &
  (
    | TextRules
    | NumberRules
    | { kind: 'boolean' }
    | { kind: 'choice'; options: Choice[] }
    | { kind: 'choices'; options: Choice[] }
    | { kind: 'list'; item: Field; min: number; max: number }
    | { kind: 'group'; fields: Field[] }
    | { kind: 'json' }
  );

export interface TextRules {
  kind: 'text';
  format: 'plain' | 'long' | 'date' | 'time' | 'date-time' | 'email' | 'uri';
  maxLength: number;
}

interface NumberRules {
  kind: 'number';
  integer: boolean;
  min: number;
}

const MAX_DEPTH = 6;
const FORMATS = ['date', 'time', 'date-time', 'email', 'uri'] as const;

/** The field of a schema; `root` is where `$ref` looks. Never throws: what it does not know becomes JSON text. */
export function fieldOf(
  schema: JsonObject,
  root: JsonObject,
  name: string,
  required: boolean,
  depth = 0,
): Field {
  const { schema: plain, nullable } = simplify(schema, root);
  const common: Common = {
    name,
    label: textOf(plain['title']) ?? words(name),
    detail: textOf(plain['description']),
    required,
    nullable,
    initial: plain['default'] ?? plain['const'],
  };
  if (depth > MAX_DEPTH) return { ...common, kind: 'json' };
  const options = optionsOf(plain, root);
  if (options !== null) return { ...common, kind: 'choice', options };
  switch (plain['type'] ?? (isObject(plain['properties']) ? 'object' : '')) {
    case 'string':
      return { ...common, ...textRules(plain) };
    case 'number':
    case 'integer':
      return { ...common, ...numberRules(plain) };
    case 'boolean':
      return { ...common, kind: 'boolean' };
    case 'array':
      return { ...common, ...listRules(plain, root, depth) };
    case 'object':
      return { ...common, ...groupRules(plain, root, depth) };
    default:
      return { ...common, kind: 'json' };
  }
}

/** Follows `$ref` within the schema, and takes `null` out of the alternatives. */
function simplify(schema: JsonObject, root: JsonObject): { schema: JsonObject; nullable: boolean } {
  let plain = schema;
  for (let hops = 0; typeof plain['$ref'] === 'string' && hops < MAX_DEPTH; hops += 1) {
    const { $ref, ...beside } = plain;
    const target = lookUp(root, $ref);
    if (target === null) return { schema: {}, nullable: false };
    plain = { ...target, ...beside };
  }
  if (Array.isArray(plain['type'])) {
    const types = plain['type'].filter((type) => type !== 'null');
    const [only] = types;
    const nullable = types.length < plain['type'].length;
    const { type: _type, ...beside } = plain;
    return {
      schema: types.length === 1 && only !== undefined ? { ...beside, type: only } : beside,
      nullable,
    };
  }
  const alternatives = plain['anyOf'] ?? plain['oneOf'];
  if (Array.isArray(alternatives)) {
    const others = alternatives.filter((one) => isObject(one) && one['type'] !== 'null');
    const [only] = others;
    if (others.length === 1 && isObject(only) && alternatives.length > 1) {
      const { anyOf: _any, oneOf: _one, ...beside } = plain;
      return { schema: { ...simplify(only, root).schema, ...beside }, nullable: true };
    }
  }
  return { schema: plain, nullable: false };
}

/** What a reference within a schema leads to. */
export function lookUp(root: JsonObject, ref: string): JsonObject | null {
  if (!ref.startsWith('#/')) return null;
  let found: Json = root;
  for (const part of ref.slice(2).split('/')) {
    if (!isObject(found)) return null;
    found = found[part.replaceAll('~1', '/').replaceAll('~0', '~')] ?? null;
  }
  return isObject(found) ? found : null;
}

/** `enum`, or alternatives that are each one constant. */
function optionsOf(schema: JsonObject, root: JsonObject): Choice[] | null {
  const { enum: values, enumNames: names } = schema;
  if (Array.isArray(values) && values.length > 0) {
    const label = (value: Json, i: number) =>
      (Array.isArray(names) ? textOf(names[i]) : null) ??
      (typeof value === 'string' ? value : JSON.stringify(value));
    return values.map((value, i) => ({ value, label: label(value, i), detail: null }));
  }
  const alternatives = schema['oneOf'] ?? schema['anyOf'];
  if (!Array.isArray(alternatives) || alternatives.length === 0) return null;
  const choices = alternatives.map((one): Choice | null => {
    if (!isObject(one)) return null;
    const plain = simplify(one, root).schema;
    const value = plain['const'];
    if (value === undefined) return null;
    return { value, label: textOf(plain['title']) ?? String(value), detail: textOf(plain['description']) };
  });
  return choices.every((choice) => choice !== null) ? choices : null;
}

function textRules(schema: JsonObject): TextRules {
  const format = FORMATS.find((known) => known === schema['format']);
  const long = schema['format'] === 'textarea' || numberOf(schema['minLength'], 0) > 80;
  return {
    kind: 'text',
    format: format ?? (long ? 'long' : 'plain'),
    maxLength: numberOf(schema['maxLength'], Infinity),
  };
}

function numberRules(schema: JsonObject): NumberRules {
  const { exclusiveMinimum: above, minimum } = schema;
  return {
    kind: 'number',
    integer: schema['type'] === 'integer',
    min: numberOf(typeof above === 'number' ? above : minimum, -Infinity),
  };
}

function listRules(schema: JsonObject, root: JsonObject, depth: number) {
  const { items } = schema;
  if (!isObject(items)) return { kind: 'json' as const };
  const item = fieldOf(items, root, '', true, depth + 1);
  if (item.kind === 'json') return { kind: 'json' as const };
  if (item.kind === 'choice') return { kind: 'choices' as const, options: item.options };
  const min = numberOf(schema['minItems'], 0);
  const max = numberOf(schema['maxItems'], Infinity);
  return { kind: 'list' as const, item, min, max };
}

function groupRules(schema: JsonObject, root: JsonObject, depth: number) {
  const { properties, required } = schema;
  if (!isObject(properties)) return { kind: 'json' as const };
  const needed = Array.isArray(required) ? required : [];
  const fields = Object.entries(properties).map(([name, one]) =>
    fieldOf(isObject(one) ? one : {}, root, name, needed.includes(name), depth + 1),
  );
  return { kind: 'group' as const, fields };
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function numberOf(value: Json | undefined, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
