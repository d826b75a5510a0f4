/** The status codes of gRPC (google.rpc.Code) that this server answers with. */
export const STATUS_CODES = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

export type StatusName = keyof typeof STATUS_CODES;

/** The only error that the engine throws on purpose; anything else is a defect and becomes INTERNAL. */
export class StatusError extends Error {
  readonly status: StatusName;
  readonly code: number;

  constructor(status: StatusName, message: string) {
    super(message);
    this.name = 'StatusError';
    this.status = status;
    this.code = STATUS_CODES[status];
  }
}

export const invalid = (message: string): StatusError => new StatusError('INVALID_ARGUMENT', message);

/** What a client is told of any thrown thing. */
export function toStatus(thrown: unknown): StatusError {
  if (thrown instanceof StatusError) return thrown;
  return new StatusError('INTERNAL', thrown instanceof Error ? thrown.message : String(thrown));
}
