import type { Json } from '@longrun/shared';

const PREFIX = 'longrun:draft:';
/** Drafts that were never sent; the oldest go first. */
const KEPT = 50;

const memory = new Map<string, Json>();

/** What was begun at `place` and not sent; it survives leaving the page, a reload and the end of the tab. */
export function draftOf(place: string): Json | undefined {
  if (memory.has(place)) return memory.get(place);
  const text = stored((storage) => storage.getItem(PREFIX + place));
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Not ours: nobody else's text is taken for a draft.
    return undefined;
  }
}

export function keepDraft(place: string, draft: Json): void {
  memory.set(place, draft);
  stored((storage) => {
    const key = PREFIX + place;
    storage.removeItem(key);
    storage.setItem(key, JSON.stringify(draft));
    const others = Object.keys(storage).filter((name) => name.startsWith(PREFIX) && name !== key);
    for (const old of others.slice(0, Math.max(0, others.length - KEPT))) storage.removeItem(old);
  });
}

export function dropDraft(place: string): void {
  memory.delete(place);
  stored((storage) => storage.removeItem(PREFIX + place));
}

/** Another person uses this browser now. */
export function dropAllDrafts(): void {
  memory.clear();
  stored((storage) => {
    for (const name of Object.keys(storage)) if (name.startsWith(PREFIX)) storage.removeItem(name);
  });
}

/** Where storage is refused or full, drafts last as long as the tab. */
function stored<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(localStorage);
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
