/** Every error that crosses a border has a stable code; the message says what to do. */
export const ERROR_STATUS = {
  invalid_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  auth_refused: 403,
  not_found: 404,
  unknown_graph: 404,
  method_not_allowed: 405,
  conflict: 409,
  thread_busy: 409,
  already_answered: 409,
  not_interrupted: 409,
  not_ended: 409,
  idempotency_conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  graph_broken: 422,
  graph_error: 422,
  limit_exceeded: 422,
  invalid_schedule: 422,
  upgrade_required: 426,
  rate_limited: 429,
  quota_exceeded: 429,
  internal: 500,
  auth_error: 500,
  unavailable: 503,
  auth_unavailable: 503,
} as const;
export type ErrorCode = keyof typeof ERROR_STATUS;

export class LongrunError extends Error {
  readonly code: ErrorCode;
  readonly details: unknown;
  /** When it is worth trying again, where that is known. Seconds. */
  readonly retryAfterS: number | undefined;

  constructor(code: ErrorCode, message: string, details?: unknown, options: { retryAfterS?: number } = {}) {
    super(message);
    this.name = 'LongrunError';
    this.code = code;
    this.details = details;
    this.retryAfterS = options.retryAfterS;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }

  toBody(): { error: { code: ErrorCode; message: string; details?: unknown } } {
    const { code, message, details } = this;
    return { error: details === undefined ? { code, message } : { code, message, details } };
  }
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
