import { CommitConflict } from '../ports/documents.ts';

/** gRPC codes after which the outcome is unknown or the service busy. */
const TRANSIENT = new Set([1, 2, 4, 8, 10, 13, 14]);

/** Whether a call of the storage is worth making again. */
export function isTransient(error: unknown): boolean {
  if (error instanceof CommitConflict) return error.reason === 'busy';
  return typeof error === 'object' && error !== null && 'code' in error && TRANSIENT.has(Number(error.code));
}
