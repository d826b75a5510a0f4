import type { Request } from 'express';
import { LongrunError } from '@longrun/shared';
import { sharedLibrary } from '../agents/library/index.ts';

/** A document of the library by its id: what a citation opens. Only indexed ids resolve to anything. */
export async function openSource(req: Request) {
  const parts: unknown = req.params['id'];
  const id = Array.isArray(parts) ? parts.join('/') : String(parts);
  const library = await sharedLibrary();
  const document = await library.document(id);
  if (document === undefined)
    throw new LongrunError('not_found', 'There is no such document in the library.');
  return document;
}
