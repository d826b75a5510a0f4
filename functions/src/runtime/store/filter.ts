import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject } from '@longrun/shared';
import { invalid } from './limits.ts';

type Test = (value: unknown) => boolean;

/**
 * A filter of LangGraph's search as a predicate on an item's value: each field equals what is named, or meets all of
 * its `$eq $ne $gt $gte $lt $lte $in $nin`. Only fields at the top level can be named. Throws `invalid_request`
 * for an operator that there is not.
 */
export function filterOf(filter: Record<string, unknown> | undefined): (value: JsonObject) => boolean {
  const tests = Object.entries(filter ?? {}).map(([field, wanted]) => [field, testOf(wanted)] as const);
  return (value) =>
    tests.every(([field, test]) => test(Object.hasOwn(value, field) ? value[field] : undefined));
}

function testOf(wanted: unknown): Test {
  if (!isObject(wanted) || !Object.keys(wanted).some((name) => name.startsWith('$'))) return equals(wanted);
  const tests = Object.entries(wanted).map(([name, operand]) => operatorOf(name, operand));
  return (value) => tests.every((test) => test(value));
}

function operatorOf(name: string, operand: unknown): Test {
  switch (name) {
    case '$eq':
      return equals(operand);
    case '$ne':
      return not(equals(operand));
    case '$gt':
      return (value) => compare(value, operand) > 0;
    case '$gte':
      return (value) => compare(value, operand) >= 0;
    case '$lt':
      return (value) => compare(value, operand) < 0;
    case '$lte':
      return (value) => compare(value, operand) <= 0;
    case '$in':
      return oneOf(operand);
    case '$nin':
      return not(oneOf(operand));
    default:
      throw invalid(
        `A filter has no operator ${name}; there are $eq, $ne, $gt, $gte, $lt, $lte, $in and $nin.`,
      );
  }
}

function equals(wanted: unknown): Test {
  return (value) => isDeepStrictEqual(value, wanted);
}

function oneOf(wanted: unknown): Test {
  if (!Array.isArray(wanted)) throw invalid('$in and $nin need a list.');
  return (value) => wanted.some((one) => isDeepStrictEqual(value, one));
}

function not(test: Test): Test {
  return (value) => !test(value);
}

/** As numbers, as LangGraph does; two texts that are none by their characters (dates). NaN when neither fits. */
function compare(value: unknown, wanted: unknown): number {
  if (value === undefined || value === null || wanted === null) return Number.NaN;
  const [a, b] = [Number(value), Number(wanted)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  if (typeof value !== 'string' || typeof wanted !== 'string') return Number.NaN;
  if (value === wanted) return 0;
  return value > wanted ? 1 : -1;
}
