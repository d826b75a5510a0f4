import {
  jsonBytes,
  LongrunError,
  MAX_CONFIG_BYTES,
  packJson,
  wellFormed,
  type JsonObject,
} from '@longrun/shared';
import { CommitConflict, type Fields } from '../../../ports/documents.ts';
import type { RunStore } from '../../../runtime/runs/run-store.ts';
import type { Ttl } from './schemas.ts';
import { readThread, requireStored, type StoredThread } from './stored-thread.ts';

const MAX_RACES = 20;
const MINUTE_MS = 60_000;

/**
 * Changes the thread's document as `decide` says of what it is; null changes nothing. Decided anew when others change it at
 * the same time. Throws `not_found`.
 */
export async function changeThread(
  store: RunStore,
  uid: string,
  threadId: string,
  decide: (thread: StoredThread) => Fields | null,
): Promise<StoredThread> {
  for (let race = 0; race < MAX_RACES; race += 1) {
    const { doc, thread } = await requireStored(store, uid, threadId);
    const fields = decide(thread);
    if (fields === null) return thread;
    try {
      const { path, version } = doc;
      await store.documents.commit([{ op: 'update', path, version, fields }]);
      return readThread({ ...doc.fields, ...fields });
    } catch (error) {
      if (!(error instanceof CommitConflict)) throw error;
    }
  }
  throw new LongrunError('unavailable', `Thread ${threadId} is changing too quickly; try again.`);
}

/** Throws `too_large`. */
export function metadataFields(metadata: JsonObject): Fields {
  const text = wellFormed(metadata);
  if (jsonBytes(text) > MAX_CONFIG_BYTES) {
    throw new LongrunError('too_large', `metadata may have ${MAX_CONFIG_BYTES} bytes of JSON.`);
  }
  return { metadata: packJson(text) };
}

/** From when on the housekeeping looks whether the thread's time is over. */
export function ttlFields(ttl: Ttl, now: number): Fields {
  if (ttl === undefined || ttl === null) return {};
  const minutes = typeof ttl === 'number' ? ttl : ttl.ttl;
  return { ttl_minutes: minutes, tidy_at: new Date(now + minutes * MINUTE_MS).toISOString() };
}
