import { LongrunError } from '@longrun/shared';

/** One item, as JSON. A larger one belongs in a file, with a reference to it in memory. */
export const MAX_VALUE_BYTES = 8 * 1_048_576;
/** Namespace and key together: Firestore indexes the first 1,500 bytes of a string, and order must not be cut. */
export const MAX_ADDRESS_BYTES = 1_400;
export const MAX_OPERATIONS = 1_000; // in one batch
export const MAX_LIMIT = 1_000; // results of one search or list
export const MAX_OFFSET = 10_000;
export const MAX_QUERY_CHARS = 2_000;
/** Items that one search reads: a filter or a ranking by words must look at all of them. */
export const MAX_SCANNED = 10_000;
export const MAX_SCANNED_BYTES = 64 * 1_048_576;

export function invalid(message: string): LongrunError {
  return new LongrunError('invalid_request', message);
}

export function tooLarge(message: string): LongrunError {
  return new LongrunError('too_large', message);
}

/** A whole number from 0 to `max`. Throws `invalid_request`. */
export function bounded(name: string, value: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= 0 && value <= max) return value;
  throw invalid(`${name} must be a whole number from 0 to ${max}, not ${value}.`);
}
