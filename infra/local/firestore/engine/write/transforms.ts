/**
 * Field transforms. Source of the rules on numbers: the comments of FieldTransform in
 * https://github.com/googleapis/googleapis/blob/master/google/firestore/v1/write.proto
 */
import { toTimestamp } from '../clock.ts';
import { parseFieldPath } from '../path/field-path.ts';
import { invalid } from '../status.ts';
import type { FieldTransform } from '../messages.ts';
import { compareValues, equalValues } from '../value/encode.ts';
import { fieldAt, withField } from '../value/fields.ts';
import { valueInMicroseconds } from '../value/microseconds.ts';
import { checkValue } from '../value/validate.ts';
import { NULL_VALUE } from '../values.ts';
import type { Fields, Value } from '../values.ts';

export interface Transformed {
  readonly fields: Fields;
  /** One per transform, in order. */
  readonly results: Value[];
}

/** @throws StatusError INVALID_ARGUMENT */
export function applyTransforms(
  fields: Fields,
  transforms: readonly FieldTransform[],
  commitTime: number,
): Transformed {
  let current = fields;
  const results = transforms.map((transform) => {
    const path = parseFieldPath(transform.fieldPath);
    const { value, result } = transformed(fieldAt(current, path), transform, commitTime);
    current = withField(current, path, value);
    return result;
  });
  return { fields: current, results };
}

function transformed(
  before: Value | undefined,
  transform: FieldTransform,
  commitTime: number,
): { value: Value; result: Value } {
  const { increment, maximum, minimum, appendMissingElements, removeAllFromArray } = transform;
  // The very time that rules see as `request.time`: the usual rule compares the two.
  if (transform.setToServerValue === 'REQUEST_TIME') return echo({ timestampValue: toTimestamp(commitTime) });
  if (increment) return echo(sum(before, number(increment, 'increment')));
  if (maximum) return echo(extreme(before, number(maximum, 'maximum'), 1));
  if (minimum) return echo(extreme(before, number(minimum, 'minimum'), -1));
  if (appendMissingElements) {
    return { value: union(before, checked(appendMissingElements.values)), result: NULL_VALUE };
  }
  if (removeAllFromArray) {
    return { value: without(before, checked(removeAllFromArray.values)), result: NULL_VALUE };
  }
  throw invalid('A field transform has no supported type.');
}

const echo = (value: Value): { value: Value; result: Value } => ({ value, result: value });

type NumberValue = Extract<Value, { integerValue: string } | { doubleValue: number }>;

const isNumber = (value: Value | undefined): value is NumberValue =>
  value !== undefined && ('integerValue' in value || 'doubleValue' in value);

function number(value: Value, name: string): NumberValue {
  if (!isNumber(value)) throw invalid(`The operand of ${name} must be a number.`);
  checkValue(value, 0);
  return value;
}

const toDouble = (value: NumberValue): number =>
  'doubleValue' in value ? value.doubleValue : Number(value.integerValue);

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** Integers saturate at the ends of int64. */
function sum(before: Value | undefined, by: NumberValue): Value {
  if (!isNumber(before)) return by;
  if ('doubleValue' in before || 'doubleValue' in by) return { doubleValue: toDouble(before) + toDouble(by) };
  const exact = BigInt(before.integerValue) + BigInt(by.integerValue);
  const bounded = exact > MAX_INT64 ? MAX_INT64 : exact < MIN_INT64 ? MIN_INT64 : exact;
  return { integerValue: String(bounded) };
}

/** Of equal numbers the stored one stays; NaN wins over every number. */
function extreme(before: Value | undefined, by: NumberValue, sign: 1 | -1): Value {
  if (!isNumber(before)) return by;
  if (Number.isNaN(toDouble(before)) || Number.isNaN(toDouble(by))) return { doubleValue: Number.NaN };
  return Math.sign(compareValues(by, before)) === sign ? by : before;
}

const elementsOf = (value: Value | undefined): Value[] =>
  value && 'arrayValue' in value ? (value.arrayValue.values ?? []) : [];

function checked(values: Value[] = []): Value[] {
  for (const value of values) checkValue(value, 0, true);
  return values.map(valueInMicroseconds);
}

function union(before: Value | undefined, added: Value[]): Value {
  const values = [...elementsOf(before)];
  for (const value of added) if (!values.some((held) => equalValues(held, value))) values.push(value);
  return { arrayValue: { values } };
}

function without(before: Value | undefined, removed: Value[]): Value {
  const values = elementsOf(before).filter((held) => !removed.some((value) => equalValues(held, value)));
  return { arrayValue: { values } };
}
