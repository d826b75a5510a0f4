import { LongrunError } from '@longrun/shared';

/** Memory is looked through in pages of this many, and no further than that. */
const PAGE = 1_000;
const MAX_SCANNED = 10_000;

/** Of what `list` finds, the part of those that pass. Throws `limit_exceeded` when too much would have to be looked at. */
export async function filtered<T>(
  { limit, offset }: { limit: number; offset: number },
  list: (part: { limit: number; offset: number }) => Promise<T[]>,
  passes: (item: T) => boolean,
): Promise<T[]> {
  const found: T[] = [];
  for (let at = 0; at < MAX_SCANNED; at += PAGE) {
    const page = await list({ limit: PAGE, offset: at });
    found.push(...page.filter(passes));
    if (page.length < PAGE || found.length >= offset + limit) return found.slice(offset, offset + limit);
  }
  throw new LongrunError(
    'limit_exceeded',
    `More than ${MAX_SCANNED} items would have to be looked at. Name a namespace that holds fewer.`,
  );
}
