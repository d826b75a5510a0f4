import type { Request } from 'express';
import { LongrunError } from '@longrun/shared';
import { unlessAborted } from '../lib/unless-aborted.ts';

/** Making the index of a large library takes longer than a page waits. Milliseconds. */
const OPEN_MS = 5_000;

/** A document of the library by its id: what a citation opens. Only indexed ids resolve to anything. */
export async function openSource(req: Request) {
  const parts: unknown = req.params['id'];
  const id = Array.isArray(parts) ? parts.join('/') : String(parts);
  // Loaded on first use: reading a library is no part of a cold start.
  const { sharedLibrary } = await import('../agents/library/index.ts');
  const library = await unlessLate(sharedLibrary());
  if (library === undefined)
    throw new LongrunError('unavailable', 'The library is being indexed; try again in some seconds.');
  const document = await library.document(id);
  if (document === undefined)
    throw new LongrunError('not_found', 'There is no such document in the library.');
  return document;
}

async function unlessLate<T>(library: Promise<T>): Promise<T | undefined> {
  return await unlessAborted(library, AbortSignal.timeout(OPEN_MS));
}
