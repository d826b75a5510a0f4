/** What a caller is told, in the shape of every Google API: https://cloud.google.com/apis/design/errors */
export class TraceError extends Error {
  readonly code: number;
  readonly status: string;

  private constructor(code: number, status: string, message: string) {
    super(message);
    this.name = 'TraceError';
    this.code = code;
    this.status = status;
  }

  static invalid(message: string): TraceError {
    return new TraceError(400, 'INVALID_ARGUMENT', message);
  }

  static notFound(message: string): TraceError {
    return new TraceError(404, 'NOT_FOUND', message);
  }

  static tooLarge(message: string): TraceError {
    return new TraceError(413, 'INVALID_ARGUMENT', message);
  }

  static unsupported(message: string): TraceError {
    return new TraceError(501, 'UNIMPLEMENTED', message);
  }

  toBody(): object {
    return { error: { code: this.code, message: this.message, status: this.status } };
  }
}
