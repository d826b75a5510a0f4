/** Errors in the shape that Google's Identity Toolkit answers with; clients switch on `message`. */
export class IdentityError extends Error {
  readonly status: number;
  /** Canonical status name, e.g. INVALID_ARGUMENT; Google sends it only for some errors. */
  readonly canonical: string | undefined;

  constructor(message: string, status = 400, canonical?: string) {
    super(message);
    this.name = 'IdentityError';
    this.status = status;
    this.canonical = canonical;
  }

  toBody(): object {
    const { message, status, canonical } = this;
    return {
      error: {
        code: status,
        message,
        errors: [{ message, reason: status === 400 ? 'invalid' : 'global', domain: 'global' }],
        ...(canonical === undefined ? {} : { status: canonical }),
      },
    };
  }
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new IdentityError(message);
}

export function unimplemented(what: string): IdentityError {
  return new IdentityError(`UNIMPLEMENTED : ${what} is not supported by this server.`, 501, 'UNIMPLEMENTED');
}

/** A sign-in method that exists at Google but is switched off here (phone, SAML, multi-factor ...). */
export function notAllowed(what: string): IdentityError {
  return new IdentityError(`OPERATION_NOT_ALLOWED : ${what} is not supported by this server.`);
}
