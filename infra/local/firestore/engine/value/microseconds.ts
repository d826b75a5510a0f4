/**
 * "Precise only to microseconds. When stored, any additional precision is rounded down."
 * https://github.com/googleapis/googleapis/blob/master/google/firestore/v1/document.proto (Value.timestamp_value)
 */
import type { Fields, Value } from '../values.ts';

const NANOS = 1000; // in a microsecond

/** The fields as they are stored; the same object when no timestamp in them is finer than that. */
export function inMicroseconds(fields: Fields): Fields {
  const entries = Object.entries(fields);
  const rounded = entries.map(([name, value]): [string, Value] => [name, valueInMicroseconds(value)]);
  return rounded.every(([, value], i) => value === entries[i]?.[1]) ? fields : Object.fromEntries(rounded);
}

export function valueInMicroseconds(value: Value): Value {
  if ('timestampValue' in value) {
    const { seconds = 0, nanos = 0 } = value.timestampValue;
    // Nanoseconds count upwards from the second, before 1970 too.
    return nanos % NANOS === 0 ? value : { timestampValue: { seconds, nanos: nanos - (nanos % NANOS) } };
  }
  if ('mapValue' in value) {
    const fields = value.mapValue.fields ?? {};
    const rounded = inMicroseconds(fields);
    return rounded === fields ? value : { mapValue: { fields: rounded } };
  }
  if ('arrayValue' in value) {
    const values = value.arrayValue.values ?? [];
    const rounded = values.map(valueInMicroseconds);
    return rounded.every((item, i) => item === values[i]) ? value : { arrayValue: { values: rounded } };
  }
  return value;
}
