import { getHeapStatistics } from 'node:v8';
import { BLOCKED_MARK } from './blocked-mark.ts';

/** Of what a process printed, so much says how it ended. */
export const KEPT_CHARS = 10_000;

const SIGABRT_CODE = 134; // 128 and the number of the signal, as shells tell it
const MB = 1_048_576;

/** Why a process ended, in words that go on after "the process". Source of the texts: V8's `OnFatalError`, on standard error. */
export function endOf(end: { code: number | null; signal: NodeJS.Signals | null; printed: string }): string {
  const { code, signal, printed } = end;
  const blocked = BLOCKED_MARK.exec(printed)?.[1];
  if (signal === 'SIGKILL' && blocked !== undefined)
    return `did nothing else for ${blocked} s: a step computes or loops without ever waiting`;
  const outOfHeap = /heap out of memory|Zone Allocation failed|invalid (?:array|table) size/i.test(printed);
  if ((signal === 'SIGABRT' || signal === 'SIGTRAP' || code === SIGABRT_CODE) && outOfHeap) {
    const limit = Math.round(getHeapStatistics().heap_size_limit / MB);
    return `ran out of memory (limit of JavaScript's heap: ${limit} MB)`;
  }
  if (signal === 'SIGKILL') return 'was killed by the system, probably because it needed too much memory';
  if (signal !== null) return `was ended by ${signal}`;
  return `ended itself with exit code ${code}`;
}
