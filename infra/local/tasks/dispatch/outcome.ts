/** What an attempt's outcome means, as google.rpc.Status (https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto). */
import { status as Code } from '@grpc/grpc-js';
import type { Outcome } from './send.ts';

const CODES: Record<number, Code> = {
  400: Code.INVALID_ARGUMENT,
  401: Code.UNAUTHENTICATED,
  403: Code.PERMISSION_DENIED,
  404: Code.NOT_FOUND,
  409: Code.ABORTED,
  416: Code.OUT_OF_RANGE,
  429: Code.RESOURCE_EXHAUSTED,
  499: Code.CANCELLED,
  501: Code.UNIMPLEMENTED,
  503: Code.UNAVAILABLE,
  504: Code.DEADLINE_EXCEEDED,
};

export function isSuccess(outcome: Outcome): boolean {
  return outcome.kind === 'response' && outcome.status >= 200 && outcome.status < 300;
}

export function attemptStatus(outcome: Exclude<Outcome, { kind: 'stopped' }>): {
  code: number;
  message: string;
} {
  switch (outcome.kind) {
    case 'response':
      return isSuccess(outcome)
        ? { code: Code.OK, message: '' }
        : { code: httpCode(outcome.status), message: `HTTP status code ${outcome.status}` };
    case 'deadline':
      return {
        code: Code.DEADLINE_EXCEEDED,
        message: 'The target did not answer before the dispatch deadline.',
      };
    case 'unreachable':
      return { code: Code.UNAVAILABLE, message: `The target could not be reached: ${outcome.reason}` };
  }
}

function httpCode(status: number): Code {
  if (status >= 500) return CODES[status] ?? Code.INTERNAL;
  return status >= 400 ? (CODES[status] ?? Code.FAILED_PRECONDITION) : Code.UNKNOWN;
}
