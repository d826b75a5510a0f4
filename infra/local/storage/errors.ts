/** An error as Cloud Storage's JSON API tells it. Source: https://cloud.google.com/storage/docs/json_api/v1/status-codes */
export class StorageApiError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.name = 'StorageApiError';
    this.status = status;
    this.reason = reason;
  }

  toBody() {
    const { status: code, message, reason } = this;
    return { error: { code, message, errors: [{ message, domain: 'global', reason }] } };
  }
}

export const invalid = (message: string) => new StorageApiError(400, 'invalid', message);
export const notFound = (what: string) => new StorageApiError(404, 'notFound', `No such object: ${what}`);
export const conditionNotMet = () =>
  new StorageApiError(
    412,
    'conditionNotMet',
    'At least one of the pre-conditions you specified did not hold.',
  );
export const notImplemented = (what: string) =>
  new StorageApiError(501, 'notImplemented', `${what} is not supported by this server.`);
