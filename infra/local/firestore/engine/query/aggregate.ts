import { parseFieldPath } from '../path/field-path.ts';
import { invalid } from '../status.ts';
import { NULL_VALUE } from '../values.ts';
import type { Aggregation, Fields, Value } from '../types.ts';
import { fieldAt } from '../value/fields.ts';
import type { Result } from './execute.ts';
import { fieldRef } from './normalized.ts';
import type { FieldRef } from './normalized.ts';

const MAX_AGGREGATIONS = 5;
const MAX_INT64 = 2n ** 63n - 1n;

interface Running {
  readonly alias: string;
  readonly path: string[] | undefined;
  readonly upTo: number;
  add(value: Value | undefined): void;
  result(): Value;
}

/** @returns the fields, and how many results were looked at. @throws StatusError INVALID_ARGUMENT */
export function aggregate(
  results: Iterable<Result>,
  aggregations: readonly Aggregation[],
): { fields: Fields; scanned: number } {
  if (aggregations.length === 0 || aggregations.length > MAX_AGGREGATIONS) {
    throw invalid(
      `The maximum number of aggregations allowed in an aggregation query is ${String(MAX_AGGREGATIONS)}, the minimum 1. ` +
        `Received: ${String(aggregations.length)}.`,
    );
  }
  const running = aggregations.map(start);
  const paths = running.flatMap(({ path }) => (path ? [path] : []));
  const enough = Math.max(...running.map(({ upTo }) => upTo));
  let scanned = 0;
  let counted = 0;
  for (const result of results) {
    if (counted >= enough) break;
    scanned += 1;
    // Production aggregates over one index that holds all the fields: documents that lack one are in none.
    const fields = paths.length > 0 ? result.document().fields : {};
    if (!paths.every((path) => fieldAt(fields, path) !== undefined)) continue;
    counted += 1;
    for (const item of running) item.add(item.path && fieldAt(fields, item.path));
  }
  const entries = running.map((item): [string, Value] => [item.alias, item.result()]);
  if (new Set(entries.map(([alias]) => alias)).size < entries.length)
    throw invalid('Aggregation aliases must differ.');
  return { fields: Object.fromEntries(entries), scanned };
}

/** The fields that are summed up or averaged. @throws StatusError INVALID_ARGUMENT */
export function aggregatedFields(aggregations: readonly Aggregation[]): FieldRef[] {
  const paths = aggregations.map(({ sum, avg }) => (sum ?? avg)?.field?.fieldPath);
  const fields = paths.filter((path) => path !== undefined).map((path) => fieldRef(parseFieldPath(path)));
  return fields.filter(({ field }, i) => fields.findIndex((other) => other.field === field) === i);
}

function start({ alias, count, sum, avg }: Aggregation, index: number): Running {
  const name = alias === undefined || alias === '' ? `field_${String(index + 1)}` : alias;
  if (count) return counting(name, count.upTo?.value);
  if (sum) return summing(name, parseFieldPath(sum.field?.fieldPath), false);
  if (avg) return summing(name, parseFieldPath(avg.field?.fieldPath), true);
  throw invalid('An aggregation has no operator.');
}

function counting(alias: string, upTo: string | number | undefined): Running {
  const limit = upTo === undefined ? Infinity : Number(upTo);
  if (!(limit > 0)) throw invalid('upTo must be positive.');
  let n = 0;
  return {
    alias,
    path: undefined,
    upTo: limit,
    add: () => {
      if (n < limit) n += 1;
    },
    result: () => ({ integerValue: String(n) }),
  };
}

/** Integers add up exactly; one double, or an overflow, makes the sum a double. */
function summing(alias: string, path: string[], average: boolean): Running {
  let integers = 0n;
  let doubles = 0;
  let hasDouble = false;
  let n = 0;
  return {
    alias,
    path,
    upTo: Infinity,
    add: (value) => {
      if (!value) return;
      if ('integerValue' in value) integers += BigInt(value.integerValue);
      else if ('doubleValue' in value) {
        doubles += value.doubleValue;
        hasDouble = true;
      } else return;
      n += 1;
    },
    result: () => {
      const total = hasDouble ? doubles + Number(integers) : Number(integers);
      if (average) return n === 0 ? NULL_VALUE : { doubleValue: total / n };
      const fits = integers <= MAX_INT64 && integers >= -MAX_INT64 - 1n;
      return hasDouble || !fits ? { doubleValue: total } : { integerValue: String(integers) };
    },
  };
}
