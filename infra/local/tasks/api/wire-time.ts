/** google.protobuf.Timestamp and Duration from and to the model's units. Parsers throw INVALID_ARGUMENT. */
import type { protos } from '@google-cloud/tasks';
import type { Micros } from '../model.ts';
import { invalid } from './errors.ts';

type Wire = protos.google.protobuf.ITimestamp | protos.google.protobuf.IDuration;

const MAX_SECONDS = 253_402_300_799; // the end of year 9999, both types' documented range

function parts(wire: Wire, field: string): { seconds: number; nanos: number } {
  const seconds = Number(wire.seconds ?? 0);
  const nanos = wire.nanos ?? 0;
  const inRange = Math.abs(seconds) <= MAX_SECONDS && Math.abs(nanos) <= 999_999_999;
  if (!Number.isInteger(seconds) || !inRange) throw invalid(`${field} is out of range.`);
  return { seconds, nanos };
}

export function parseTimestamp(wire: protos.google.protobuf.ITimestamp, field: string): Micros {
  const { seconds, nanos } = parts(wire, field);
  if (nanos < 0) throw invalid(`${field} is out of range.`);
  return seconds * 1e6 + Math.floor(nanos / 1000);
}

/** Milliseconds, never negative. */
export function parseDuration(wire: protos.google.protobuf.IDuration, field: string): number {
  const { seconds, nanos } = parts(wire, field);
  if (seconds < 0 || nanos < 0) throw invalid(`${field} must not be negative.`);
  return seconds * 1000 + Math.floor(nanos / 1e6);
}

export function timestamp(micros: Micros): protos.google.protobuf.ITimestamp {
  const seconds = Math.floor(micros / 1e6);
  return { seconds, nanos: (micros - seconds * 1e6) * 1000 };
}

export function duration(ms: number): protos.google.protobuf.IDuration {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.round((ms - seconds * 1000) * 1e6) };
}
