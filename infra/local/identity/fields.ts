import { IdentityError } from './errors.ts';

/** Characters; longer than any token, link or profile field that a client really sends. */
const MAX_STRING = 8_192;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a JSON request body field by field; a wrong type is refused the way Google words it. */
export class Fields {
  private readonly values: Record<string, unknown>;

  constructor(values: Record<string, unknown>) {
    this.values = values;
  }

  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null;
  }

  string(name: string, max = MAX_STRING): string | undefined {
    const value = this.values[name] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw invalid(name, 'TYPE_STRING');
    if (value.length > max) throw invalid(name, `TYPE_STRING of at most ${max} characters`);
    return value;
  }

  boolean(name: string): boolean | undefined {
    const value = this.values[name] ?? undefined;
    if (value === undefined || typeof value === 'boolean') return value;
    throw invalid(name, 'TYPE_BOOL');
  }

  /** int64 travels as a string; numbers are taken too, as protobuf's JSON mapping does. */
  integer(name: string): number | undefined {
    const value = this.values[name] ?? undefined;
    if (value === undefined) return undefined;
    const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
    if (value === '' || !Number.isSafeInteger(number)) throw invalid(name, 'TYPE_INT64');
    return number;
  }

  /** A repeated string; one bare string counts as a list of one. */
  strings(name: string, max = 1_000): string[] {
    const value = this.values[name] ?? [];
    const list: unknown[] = Array.isArray(value) ? value : [value];
    if (list.length > max) throw invalid(name, `at most ${max} items`);
    return list.map((item) => {
      if (typeof item !== 'string' || item.length > MAX_STRING) throw invalid(name, 'TYPE_STRING');
      return item;
    });
  }

  object(name: string): Fields | undefined {
    const value = this.values[name] ?? undefined;
    if (value === undefined) return undefined;
    if (!isRecord(value)) throw invalid(name, 'TYPE_MESSAGE');
    return new Fields(value);
  }

  /** Settings that are only kept: any message of at most `max` characters. */
  message(name: string, max = MAX_STRING): Record<string, unknown> | undefined {
    const value = this.object(name)?.values;
    if (value !== undefined && JSON.stringify(value).length > max)
      throw invalid(name, `TYPE_MESSAGE of at most ${max} characters`);
    return value;
  }

  objects(name: string, max = 1_000): Fields[] {
    const value = this.values[name] ?? [];
    if (!Array.isArray(value) || value.length > max) throw invalid(name, `list of at most ${max} messages`);
    return value.map((item: unknown) => {
      if (!isRecord(item)) throw invalid(name, 'TYPE_MESSAGE');
      return new Fields(item);
    });
  }
}

function invalid(name: string, expected: string): IdentityError {
  return new IdentityError(`Invalid value at '${name}' (${expected})`, 400, 'INVALID_ARGUMENT');
}
