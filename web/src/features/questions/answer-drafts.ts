import type { Json } from '@longrun/shared';

const PREFIX = 'longrun:answer:';
/** Drafts of questions that were never answered; the oldest go first. */
const KEPT = 50;

const memory = new Map<string, Json>();

const keyOf = (runId: string, questionId: string) => `${PREFIX}${runId}:${questionId}`;

/** What was begun as an answer and not sent; it survives leaving the page, a reload and the end of the tab. */
export function answerDraft(runId: string, questionId: string): Json | undefined {
  const key = keyOf(runId, questionId);
  if (memory.has(key)) return memory.get(key);
  const text = stored((storage) => storage.getItem(key));
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Not ours: nobody else's text is taken for a draft.
    return undefined;
  }
}

export function keepAnswerDraft(runId: string, questionId: string, draft: Json): void {
  const key = keyOf(runId, questionId);
  memory.set(key, draft);
  stored((storage) => {
    storage.removeItem(key);
    storage.setItem(key, JSON.stringify(draft));
    const drafts = Object.keys(storage).filter((name) => name.startsWith(PREFIX));
    for (const old of drafts.slice(0, Math.max(0, drafts.length - KEPT)))
      if (old !== key) storage.removeItem(old);
  });
}

export function dropAnswerDraft(runId: string, questionId: string): void {
  const key = keyOf(runId, questionId);
  memory.delete(key);
  stored((storage) => storage.removeItem(key));
}

/** Another person uses this browser now. */
export function dropAllAnswerDrafts(): void {
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
