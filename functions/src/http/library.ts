import type { Request } from 'express';
import { LongrunError } from '@longrun/shared';

/** A document of the library by its id: what a citation opens. Only indexed ids resolve to anything. */
export async function openSource(req: Request) {
  const parts: unknown = req.params['id'];
  const id = Array.isArray(parts) ? parts.join('/') : String(parts);
  // Loaded on first use: reading a library is no part of a cold start.
  const { sharedLibrary } = await import('../agents/library/index.ts');
  const library = await sharedLibrary();
  const document = await library.document(id);
  if (document === undefined)
    throw new LongrunError('not_found', 'There is no such document in the library.');
  return document;
}
