/** Global functions and the namespaces `math`, `timestamp`, `duration`, `latlng`, `hashing`. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Arguments } from './arguments.ts';
import type { Budget } from './budget.ts';
import { crc32c } from './crc32c.ts';
import { EvaluationError } from './errors.ts';
import { bool, duration, float, int, path, string, timestamp, UNKNOWN } from './value.ts';
import type { RuleValue } from './value.ts';

const NAMESPACES = new Set(['math', 'timestamp', 'duration', 'latlng', 'hashing']);

export const isNamespace = (name: string): boolean => NAMESPACES.has(name);

type Builtin = (args: Arguments) => RuleValue;

export function callBuiltin(name: string, values: readonly RuleValue[], budget: Budget): RuleValue {
  const looksUp = DOCUMENT_FUNCTIONS.get(name);
  const found = BUILTINS.get(name);
  if (!found && !looksUp) throw new EvaluationError(`unknown function ${name}()`);
  if (values.some(({ type }) => type === 'unknown')) return UNKNOWN;
  if (looksUp) return lookUp(looksUp, new Arguments(name, values, 1).value(0), budget);
  return found ? found[1](new Arguments(name, values, found[0])) : UNKNOWN;
}

const DOCUMENT_FUNCTIONS = new Map([
  ['get', { after: false, exists: false }],
  ['exists', { after: false, exists: true }],
  ['getAfter', { after: true, exists: false }],
  ['existsAfter', { after: true, exists: true }],
]);

function lookUp(mode: { after: boolean; exists: boolean }, where: RuleValue, budget: Budget): RuleValue {
  if (where.type !== 'path')
    throw new EvaluationError(`a document is looked up by a path, found a ${where.type}`);
  const [databases, , documents, ...rest] = where.segments;
  if (databases !== 'databases' || documents !== 'documents' || rest.length === 0 || rest.length % 2 !== 0) {
    throw new EvaluationError(`/${where.segments.join('/')} is not the path of a document`);
  }
  const document = budget.document(where.segments, mode.after);
  if (mode.exists) return bool(document.type !== 'null');
  if (document.type === 'null')
    throw new EvaluationError(`there is no document /${where.segments.join('/')}`);
  return document;
}

const UNIT_NANOS = new Map([
  ['w', 604_800_000_000_000n],
  ['d', 86_400_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['ns', 1n],
]);

const BUILTINS: ReadonlyMap<string, readonly [arity: number, call: Builtin]> = new Map<
  string,
  readonly [number, Builtin]
>([
  ['debug', [1, (args) => args.value(0)]],
  ['bool', [1, (args) => toBool(args.value(0))]],
  ['int', [1, (args) => toInt(args.value(0))]],
  ['float', [1, (args) => toFloat(args.value(0))]],
  ['string', [1, (args) => string(toText(args.value(0)))]],
  ['path', [1, (args) => path(args.string(0).split('/').filter(Boolean))]],
  ['math.abs', [1, (args) => keepType(args.value(0), (x) => (x < 0n ? -x : x), Math.abs)]],
  ['math.ceil', [1, (args) => wholeNumber(Math.ceil(args.number(0)))]],
  ['math.floor', [1, (args) => wholeNumber(Math.floor(args.number(0)))]],
  ['math.round', [1, (args) => wholeNumber(Math.round(args.number(0)))]],
  ['math.sqrt', [1, (args) => float(Math.sqrt(args.number(0)))]],
  ['math.pow', [2, (args) => float(args.number(0) ** args.number(1))]],
  ['math.isNaN', [1, (args) => bool(Number.isNaN(args.number(0)))]],
  ['math.isInfinite', [1, (args) => bool(Math.abs(args.number(0)) === Infinity)]],
  ['timestamp.date', [3, (args) => calendarDate(args)]],
  ['timestamp.value', [1, (args) => timestamp(args.int(0) * 1_000_000n)]],
  ['duration.value', [2, (args) => duration(args.int(0) * unit(args.string(1)))]],
  ['duration.abs', [1, (args) => absoluteDuration(args.value(0))]],
  [
    'duration.time',
    [
      4,
      (args) =>
        duration((args.int(0) * 3600n + args.int(1) * 60n + args.int(2)) * 1_000_000_000n + args.int(3)),
    ],
  ],
  ['latlng.value', [2, (args) => ({ type: 'latlng', latitude: args.number(0), longitude: args.number(1) })]],
  ['hashing.md5', [1, (args) => hash('md5', args.value(0))]],
  ['hashing.sha256', [1, (args) => hash('sha256', args.value(0))]],
  ['hashing.crc32', [1, (args) => checksum(crc32(bytesOf(args.value(0))))]],
  ['hashing.crc32c', [1, (args) => checksum(crc32c(bytesOf(args.value(0))))]],
]);

function fail(message: string): never {
  throw new EvaluationError(message);
}

const unit = (name: string): bigint => UNIT_NANOS.get(name) ?? fail(`unknown unit of time '${name}'`);

const wholeNumber = (value: number): RuleValue =>
  Number.isSafeInteger(value) ? int(value) : fail('the result is no integer');

function keepType(value: RuleValue, onInt: (x: bigint) => bigint, onFloat: (x: number) => number): RuleValue {
  if (value.type === 'int') return int(onInt(value.value));
  return value.type === 'float'
    ? float(onFloat(value.value))
    : fail(`expected a number, found a ${value.type}`);
}

function absoluteDuration(value: RuleValue): RuleValue {
  if (value.type !== 'duration') return fail(`expected a duration, found a ${value.type}`);
  return duration(value.nanos < 0n ? -value.nanos : value.nanos);
}

function calendarDate(args: Arguments): RuleValue {
  const millis = Date.UTC(Number(args.int(0)), Number(args.int(1)) - 1, Number(args.int(2)));
  return Number.isFinite(millis) ? timestamp(BigInt(millis) * 1_000_000n) : fail('that is no date');
}

function toBool(value: RuleValue): RuleValue {
  if (value.type === 'bool') return value;
  if (value.type === 'string' && /^(?:true|false)$/i.test(value.value))
    return bool(/^true$/i.test(value.value));
  return fail(`cannot convert this ${value.type} to bool`);
}

function toInt(value: RuleValue): RuleValue {
  if (value.type === 'int') return value;
  if (value.type === 'float' && Number.isFinite(value.value)) return int(Math.trunc(value.value));
  if (value.type === 'string' && /^-?\d{1,18}$/.test(value.value)) return int(BigInt(value.value));
  return fail(`cannot convert this ${value.type} to int`);
}

function toFloat(value: RuleValue): RuleValue {
  if (value.type === 'float') return value;
  if (value.type === 'int') return float(Number(value.value));
  if (value.type === 'string' && /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value.value)) {
    return float(Number(value.value));
  }
  return fail(`cannot convert this ${value.type} to float`);
}

function toText(value: RuleValue): string {
  if (value.type === 'string') return value.value;
  if (value.type === 'int' || value.type === 'float' || value.type === 'bool') return String(value.value);
  if (value.type === 'null') return 'null';
  if (value.type === 'path') return `/${value.segments.join('/')}`;
  return fail(`cannot convert this ${value.type} to string`);
}

function bytesOf(value: RuleValue): Uint8Array {
  if (value.type === 'bytes') return value.value;
  return value.type === 'string'
    ? Buffer.from(value.value)
    : fail(`expected bytes or a string, found a ${value.type}`);
}

const hash = (algorithm: string, value: RuleValue): RuleValue => ({
  type: 'bytes',
  value: createHash(algorithm).update(bytesOf(value)).digest(),
});

function checksum(value: number): RuleValue {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return { type: 'bytes', value: bytes };
}
