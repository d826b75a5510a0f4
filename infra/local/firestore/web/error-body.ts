/** Errors as Google's REST interfaces report them: https://cloud.google.com/apis/design/errors */
import { toStatus } from '../engine/status.ts';
import type { StatusName } from '../engine/status.ts';

const HTTP_STATUS: Readonly<Record<StatusName, number>> = {
  CANCELLED: 499,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  UNAUTHENTICATED: 401,
};

export interface ErrorBody {
  /** `code` is the HTTP status. */
  readonly error: { readonly code: number; readonly message: string; readonly status: StatusName };
}

export function errorBody(thrown: unknown): ErrorBody {
  const { status, message } = toStatus(thrown);
  return { error: { code: HTTP_STATUS[status], message, status } };
}
