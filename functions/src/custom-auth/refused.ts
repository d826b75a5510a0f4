import { LongrunError, type ErrorCode } from '@longrun/shared';

const CODES: { [status: number]: ErrorCode } = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  429: 'rate_limited',
  503: 'unavailable',
};

/** The answer that the project's `auth` wants the caller to have. */
export class AuthRefused extends LongrunError {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly #status: number;

  constructor(status: number, message: string, headers: readonly (readonly [string, string])[]) {
    super(CODES[status] ?? 'auth_refused', message);
    this.#status = status;
    this.headers = headers;
  }

  override get status(): number {
    return this.#status;
  }
}
