import { CommitConflict } from '../../ports/documents.ts';

/** gRPC status codes, from google/rpc/code.proto. */
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const FAILED_PRECONDITION = 9;
const ABORTED = 10;

/**
 * What a failed commit says of its preconditions; any other error is handed back as it is.
 *
 * The client retries a commit whose acknowledgement was lost, and the second try then collides with the first.
 * Nothing here can tell that from another writer: a caller that can recognise its own document must read it.
 */
export function commitError(error: unknown): unknown {
  switch (codeOf(error)) {
    case ALREADY_EXISTS:
      return new CommitConflict('exists', { cause: error });
    case NOT_FOUND:
      return new CommitConflict('missing', { cause: error });
    case FAILED_PRECONDITION:
      return new CommitConflict('changed', { cause: error });
    case ABORTED:
      // The client itself tries for a while.
      return new CommitConflict('busy', { cause: error });
    default:
      return error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
