import { hash, randomBytes } from 'node:crypto';
import type { Run, TraceSpan } from '@longrun/shared';

/** A span that has ended. Times are milliseconds since 1970, with fractions. */
export interface Span {
  /** Decimal digits, as Cloud Trace v1 has them. */
  id: string;
  parent: string | null;
  kind: TraceSpan['kind'];
  name: string;
  start: number;
  end: number;
  labels: { [name: string]: string };
}

/** Labels by which a reader knows our spans again. */
export const KIND_LABEL = '/longrun/kind';
export const RUN_LABEL = '/longrun/run';

/** 48 bits, as the trace-agent makes them: they are exact in a JavaScript number, which some readers make of them. */
const ID_BYTES = 6;

export function randomSpanId(): string {
  return spanId(randomBytes(ID_BYTES).toString('hex'));
}

/** 32 hex digits. */
export function randomTraceId(): string {
  return randomBytes(16).toString('hex');
}

/**
 * Ids that whoever knows the run can compute: a worker can hang its spans below one that another process has yet to
 * write, and writing a span twice makes it no second one.
 */
export const runSpanId = (run: Run) => derivedSpanId('run', run);
export const attemptSpanId = (run: Run, attempt: number) => derivedSpanId('attempt', run, String(attempt));
export const nodeSpanId = (run: Run, attempt: number, task: string) =>
  derivedSpanId('node', run, String(attempt), task);

export function derivedSpanId(what: string, { owner, run_id }: Run, ...rest: string[]): string {
  return spanId(digest(what, owner, run_id, ...rest).slice(0, ID_BYTES * 2));
}

/**
 * Callers choose ids of traces and of runs, so two people's runs may share both. This names one run and cannot be chosen:
 * nobody is shown a span that does not carry it.
 */
export function runKey(owner: string, runId: string): string {
  return digest('run', owner, runId).slice(0, 32);
}

/** What Cloud Logging calls the span: 16 hex digits. */
export function hexSpanId(id: string): string {
  return BigInt(id).toString(16).padStart(16, '0');
}

function spanId(hex: string): string {
  // 0 stands for no span.
  return String(Number.parseInt(hex, 16) || 1);
}

function digest(...parts: string[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex');
}
