import { fromTimestamp } from '../clock.ts';
import type { Precondition } from '../messages.ts';
import { StatusError } from '../status.ts';
import type { StoredDocument } from '../store/document.ts';

/** @throws StatusError NOT_FOUND, ALREADY_EXISTS or FAILED_PRECONDITION */
export function checkPrecondition(
  name: string,
  before: Pick<StoredDocument, 'updated'> | undefined,
  precondition: Precondition | undefined,
): void {
  if (!precondition) return;
  const { exists, updateTime } = precondition;
  if (exists === true && !before) throw new StatusError('NOT_FOUND', `No document to update: ${name}`);
  if (exists === false && before) throw new StatusError('ALREADY_EXISTS', `Document already exists: ${name}`);
  if (!updateTime) return;
  const wanted = fromTimestamp(updateTime);
  if (!before) {
    throw new StatusError(
      'FAILED_PRECONDITION',
      `The document does not exist: ${name} (required version ${String(wanted)})`,
    );
  }
  if (before.updated !== wanted || (updateTime.nanos ?? 0) % 1000 !== 0) {
    throw new StatusError(
      'FAILED_PRECONDITION',
      `the stored version (${String(before.updated)}) does not match the required base version (${String(wanted)})`,
    );
  }
}
