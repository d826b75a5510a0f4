import type { Json } from '@longrun/shared';
import { jsonContains } from '../../../lib/json-contains.ts';
import type { Access } from '../access/access.ts';
import { readVersion, versionsPath, type AssistantVersion } from './assistant.ts';
import type { AssistantServices } from './find.ts';
import { requireFound } from './resolve.ts';
import type { ListVersions } from './schemas.ts';

const PAGE = 100;

/** Highest first. Throws `not_found`. */
export async function listVersions(
  services: AssistantServices,
  uid: string,
  idOrGraph: string,
  { metadata, limit, offset }: ListVersions,
  access: Access,
): Promise<AssistantVersion[]> {
  const { assistant, stored } = await requireFound(services, uid, idOrGraph);
  const { updated_at: _, ...only } = assistant;
  const part: Json = metadata ?? {};
  const found: AssistantVersion[] = [];
  const versions = stored === undefined ? [only] : all(services, uid, assistant.assistant_id);
  for await (const version of versions) {
    const isWanted = jsonContains(version.metadata, part) && access.allows('assistants', version.metadata);
    if (isWanted) found.push(version);
    if (found.length === offset + limit) break;
  }
  return found.slice(offset);
}

async function* all({ store }: AssistantServices, uid: string, id: string): AsyncGenerator<AssistantVersion> {
  for (let after: number[] | undefined; ;) {
    const page = await store.documents.query({
      collection: versionsPath(uid, id),
      orderBy: [{ field: 'version', direction: 'desc' }],
      ...(after === undefined ? {} : { startAfter: after }),
      limit: PAGE,
    });
    const versions = page.map(readVersion);
    yield* versions;
    const last = versions.at(-1);
    if (last === undefined || versions.length < PAGE) return;
    after = [last.version];
  }
}
