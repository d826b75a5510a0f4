import type { Services } from '../../services.ts';
import { assistantPath, readAssistant, type Assistant } from './assistant.ts';
import { defaultAssistantOf } from './default-assistant.ts';

export type AssistantServices = Pick<Services, 'store' | 'catalog'>;

export interface Found {
  assistant: Assistant;
  /** The highest number of a version that it has had. */
  newest: number;
  /** For a commit's precondition; undefined: it is not stored. */
  stored: string | undefined;
}

/** An assistant of the user, or a graph's own, as the user has changed it. */
export async function findAssistant(
  { store, catalog }: AssistantServices,
  uid: string,
  id: string,
): Promise<Found | undefined> {
  const [document] = await store.documents.get([assistantPath(uid, id)]);
  if (document !== undefined) {
    const assistant = readAssistant(document);
    return { assistant, newest: Number(document.fields['newest']), stored: document.version };
  }
  const assistant = defaultAssistantOf(catalog, id);
  return assistant === undefined ? undefined : { assistant, newest: assistant.version, stored: undefined };
}
