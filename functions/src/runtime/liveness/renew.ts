import { runPath } from '@longrun/shared';
import { LEASE_MS } from '../../domain/limits.ts';
import { CommitConflict, type Documents } from '../../ports/documents.ts';
import type { Held } from './held.ts';

/**
 * Renews the leases of a worker whose event loop stands still, in its name: whoever asks for a sign of life sees the document
 * change. A run that is somebody else's by now stays as it is. `now`: milliseconds since 1970.
 */
export async function renewLeases(documents: Documents, held: readonly Held[], now: number): Promise<void> {
  if (held.length === 0) return;
  const wake_at = new Date(now + LEASE_MS).toISOString();
  const found = await documents.get(held.map(({ uid, run_id }) => runPath(uid, run_id)));
  await Promise.all(
    held.map(async ({ attempt }, i) => {
      const doc = found[i];
      if (doc?.fields['status'] !== 'running' || doc.fields['attempt'] !== attempt) return;
      const { path, version } = doc;
      try {
        await documents.commit([{ op: 'update', path, version, fields: { wake_at } }]);
      } catch (error) {
        // Changed meanwhile: that is a sign of life as well, or somebody else's doing.
        if (!(error instanceof CommitConflict)) throw error;
      }
    }),
  );
}
