/**
 * Firestore did not do what it was asked. `code` is the gRPC status (google/rpc/code.proto), so that a caller can tell what
 * may pass from what will not; the name tells the storage's errors from those of a graph that speaks gRPC itself.
 */
export class StorageError extends Error {
  readonly code: number;

  constructor(cause: Error & { code: number }) {
    super(cause.message, { cause });
    this.name = 'StorageError';
    this.code = cause.code;
  }
}

/** Anything else is handed back as it is. */
export function storageError(error: unknown): unknown {
  const isStatus = error instanceof Error && 'code' in error && typeof error.code === 'number';
  return isStatus ? new StorageError(error as Error & { code: number }) : error;
}

/**
 * The client repeats a query whose stream broke as of the time of its first answer, which a server that was started
 * again may no longer know.
 */
export function isStaleRead(error: unknown): boolean {
  return error instanceof StorageError && error.code === 9 && /read time/i.test(error.message);
}
