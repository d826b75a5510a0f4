/**
 * Production refuses a request whose strings are no UTF-8. The library that reads messages puts U+FFFD in the place of
 * what is none, so it shows by more of them in the message than were sent. A client of JavaScript sends half characters
 * of short strings as such bytes, and U+FFFD itself for those of long ones, which is then what is stored.
 */
import type { ServiceDefinition } from '@grpc/grpc-js';
import { invalid } from '../engine/status.ts';

const REPLACEMENT = '\ufffd';
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT);

/** The service, whose requests are remembered when they were no UTF-8, and how to refuse those. */
export function withUtf8Check(service: ServiceDefinition): {
  service: ServiceDefinition;
  /** @throws StatusError INVALID_ARGUMENT */
  check: (request: object) => void;
} {
  // Thrown where messages are read, an error would be INTERNAL whatever it says.
  const broken = new WeakSet<object>();
  const checked = Object.entries(service).map(([name, method]) => {
    const requestDeserialize = (bytes: Buffer): object => {
      const request: object = method.requestDeserialize(bytes);
      if (isBroken(bytes, request)) broken.add(request);
      return request;
    };
    return [name, { ...method, requestDeserialize }] as const;
  });
  return {
    service: Object.fromEntries(checked),
    check: (request) => {
      if (broken.has(request)) throw invalid('A string of the request contains invalid UTF-8.');
    },
  };
}

function isBroken(bytes: Buffer, request: object): boolean {
  const inText = count(request, (value) =>
    typeof value === 'string' ? value.split(REPLACEMENT).length - 1 : 0,
  );
  if (inText === 0) return false;
  const inBytes = count(request, (value) => (value instanceof Uint8Array ? occurrences(value) : 0));
  return inText > occurrences(bytes) - inBytes;
}

/** Over all strings, names of fields and bytes of the message. */
function count(value: unknown, of: (leaf: string | Uint8Array) => number): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return of(value);
  if (typeof value !== 'object' || value === null) return 0;
  let sum = 0;
  for (const [name, item] of Object.entries(value)) sum += of(name) + count(item, of);
  return sum;
}

function occurrences(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let found = 0;
  for (let at = buffer.indexOf(REPLACEMENT_BYTES); at >= 0; at = buffer.indexOf(REPLACEMENT_BYTES, at + 1))
    found += 1;
  return found;
}
