/** Operators, member access and indexing. */
import { any, compare, equals, includes, isNumber } from './compare.ts';
import { EvaluationError } from './errors.ts';
import { factAbove, factBelow, factContains } from './fact.ts';
import type { BinaryOperator } from './syntax.ts';
import { duration, float, int, list, maybe, path, string, timestamp, UNKNOWN } from './value.ts';
import type { RuleValue } from './value.ts';

export function applyBinary(operator: BinaryOperator, left: RuleValue, right: RuleValue): RuleValue {
  switch (operator) {
    case '==':
      return maybe(equals(left, right));
    case '!=': {
      const same = equals(left, right);
      return maybe(same === undefined ? undefined : !same);
    }
    case 'in':
      return maybe(isIn(left, right));
    case '<':
    case '<=':
    case '>':
    case '>=':
      return maybe(ordered(operator, left, right));
    default:
      if (left.type === 'unknown' || right.type === 'unknown') return UNKNOWN;
      return arithmetic(operator, left, right);
  }
}

const MIRRORED = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

function ordered(operator: keyof typeof MIRRORED, left: RuleValue, right: RuleValue): boolean | undefined {
  if (left.type === 'unknown') {
    if (right.type === 'unknown' || !left.fact) return undefined;
    const inclusive = operator.endsWith('=');
    return operator.startsWith('<')
      ? factBelow(left.fact, right, inclusive)
      : factAbove(left.fact, right, inclusive);
  }
  if (right.type === 'unknown') return ordered(MIRRORED[operator], right, left);
  if (isNumber(left) && isNumber(right) && (Number.isNaN(left.value) || Number.isNaN(right.value)))
    return false;
  const order = left.type === 'bool' ? undefined : compare(left, right);
  if (order === undefined) throw new EvaluationError(`cannot compare ${left.type} ${operator} ${right.type}`);
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

function isIn(element: RuleValue, container: RuleValue): boolean | undefined {
  switch (container.type) {
    case 'list':
    case 'set':
      return includes(container.items, element);
    case 'map': {
      if (element.type === 'unknown') return undefined;
      if (element.type !== 'string') throw new EvaluationError('the keys of a map are strings');
      return container.entries.has(element.value) || (container.open ? undefined : false);
    }
    case 'path':
      return any(container.segments.map((segment) => equals(string(segment), element)));
    case 'unknown':
      return container.fact && factContains(container.fact, element);
    default:
      throw new EvaluationError(`'in' needs a list, set or map, found a ${container.type}`);
  }
}

type Arithmetic = '+' | '-' | '*' | '/' | '%';

function arithmetic(operator: Arithmetic, left: RuleValue, right: RuleValue): RuleValue {
  if (left.type === 'int' && right.type === 'int')
    return checkedInt(integer(operator, left.value, right.value));
  if (isNumber(left) && isNumber(right))
    return float(real(operator, Number(left.value), Number(right.value)));
  if (operator === '+' && left.type === 'string' && right.type === 'string')
    return string(left.value + right.value);
  if (operator === '+' && left.type === 'list' && right.type === 'list')
    return list([...left.items, ...right.items]);
  if (operator === '+' || operator === '-') {
    const sign = operator === '+' ? 1n : -1n;
    if (right.type === 'duration') {
      if (left.type === 'timestamp') return timestamp(left.nanos + sign * right.nanos);
      if (left.type === 'duration') return duration(left.nanos + sign * right.nanos);
    }
    if (sign === 1n && left.type === 'duration' && right.type === 'timestamp') {
      return timestamp(left.nanos + right.nanos);
    }
    if (sign === -1n && left.type === 'timestamp' && right.type === 'timestamp') {
      return duration(left.nanos - right.nanos);
    }
  }
  throw new EvaluationError(`cannot apply ${operator} to ${left.type} and ${right.type}`);
}

function integer(operator: Arithmetic, a: bigint, b: bigint): bigint {
  if ((operator === '/' || operator === '%') && b === 0n) throw new EvaluationError('division by zero');
  if (operator === '+') return a + b;
  if (operator === '-') return a - b;
  if (operator === '*') return a * b;
  return operator === '/' ? a / b : a % b;
}

function real(operator: Arithmetic, a: number, b: number): number {
  if (operator === '+') return a + b;
  if (operator === '-') return a - b;
  if (operator === '*') return a * b;
  return operator === '/' ? a / b : a % b;
}

function checkedInt(value: bigint): RuleValue {
  if (BigInt.asIntN(64, value) !== value) throw new EvaluationError('integer overflow');
  return int(value);
}

export function negate(value: RuleValue): RuleValue {
  if (value.type === 'unknown') return UNKNOWN;
  if (value.type === 'int') return checkedInt(-value.value);
  if (value.type === 'float') return float(-value.value);
  if (value.type === 'duration') return duration(-value.nanos);
  throw new EvaluationError(`cannot negate a ${value.type}`);
}

export function member(object: RuleValue, name: string): RuleValue {
  if (object.type === 'unknown') return UNKNOWN;
  if (object.type === 'null') throw new EvaluationError(`property ${name} of null`);
  if (object.type !== 'map') throw new EvaluationError(`property ${name} of a ${object.type}`);
  const value = object.entries.get(name);
  if (value) return value;
  if (object.open) return UNKNOWN;
  throw new EvaluationError(`property ${name} is undefined`);
}

export function indexValue(object: RuleValue, index: RuleValue): RuleValue {
  if (object.type === 'unknown' || index.type === 'unknown') return UNKNOWN;
  if (object.type === 'map' && index.type === 'string') return member(object, index.value);
  if (object.type === 'path' && index.type === 'string') {
    const captured = object.captures?.get(index.value);
    if (captured) return captured;
    throw new EvaluationError(`the path has no wildcard ${index.value}`);
  }
  if (index.type !== 'int') throw new EvaluationError(`cannot index a ${object.type} by a ${index.type}`);
  const at = Number(index.value);
  const found = at < 0 ? undefined : elements(object)[at];
  if (!found) throw new EvaluationError(`index ${String(at)} is out of range`);
  return found;
}

export function sliceValue(object: RuleValue, from: RuleValue, to: RuleValue): RuleValue {
  if (object.type === 'unknown' || from.type === 'unknown' || to.type === 'unknown') return UNKNOWN;
  if (from.type !== 'int' || to.type !== 'int') throw new EvaluationError('a range needs integers');
  const items = elements(object);
  const [start, end] = [Number(from.value), Number(to.value)];
  if (start < 0 || end > items.length || start > end) throw new EvaluationError('the range is out of bounds');
  const slice = items.slice(start, end);
  if (object.type === 'list') return list(slice);
  const texts = slice.map((item) => (item.type === 'string' ? item.value : ''));
  return object.type === 'path' ? path(texts) : string(texts.join(''));
}

/** What an index counts: elements of a list, characters of a string, segments of a path. */
function elements(object: RuleValue): readonly RuleValue[] {
  if (object.type === 'list') return object.items;
  if (object.type === 'string') return Array.from(object.value, string);
  if (object.type === 'path') return object.segments.map(string);
  throw new EvaluationError(`cannot index a ${object.type}`);
}
