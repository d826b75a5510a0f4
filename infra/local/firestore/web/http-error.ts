/** Errors as Google's REST interfaces report them: https://cloud.google.com/apis/design/errors */

const HTTP_STATUS = {
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
  DATA_LOSS: 500,
  UNAUTHENTICATED: 401,
} as const;

export type StatusName = keyof typeof HTTP_STATUS;

/** The gRPC code number of each status. */
export const GRPC_CODE: Readonly<Record<StatusName, number>> = {
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
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
};

const isStatusName = (name: string): name is StatusName => Object.hasOwn(HTTP_STATUS, name);

export function statusNameOf(grpcCode: number): StatusName {
  const found = Object.entries(GRPC_CODE).find(([, code]) => code === grpcCode)?.[0];
  return found !== undefined && isStatusName(found) ? found : 'UNKNOWN';
}

export class HttpError extends Error {
  readonly status: StatusName;

  constructor(status: StatusName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HttpError';
    this.status = status;
  }

  get httpStatus(): number {
    return HTTP_STATUS[this.status];
  }
}

export interface ErrorBody {
  readonly error: { readonly code: number; readonly message: string; readonly status: StatusName };
}

export const errorBody = ({ httpStatus, message, status }: HttpError): ErrorBody => ({
  error: { code: httpStatus, message, status },
});

/** Whatever was thrown, as an error to answer with; gRPC status errors keep their code. */
export function toHttpError(thrown: unknown): HttpError {
  if (thrown instanceof HttpError) return thrown;
  if (thrown instanceof Error && 'code' in thrown) {
    const { code, message } = thrown;
    if (typeof code === 'number') return new HttpError(statusNameOf(code), message, { cause: thrown });
    if (typeof code === 'string' && isStatusName(code))
      return new HttpError(code, message, { cause: thrown });
  }
  return new HttpError('INTERNAL', 'an internal error occurred', { cause: thrown });
}
