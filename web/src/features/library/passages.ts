import type { LibraryDocument } from '../../lib/api.ts';

export interface Passage {
  n: number;
  text: string;
  heading?: string;
}

/** The passages the server names; a plain text is split at its blank lines. */
export function passagesOf(document: LibraryDocument): Passage[] {
  if (document.passages !== undefined && document.passages.length > 0) return document.passages;
  return document.text
    .split(/\n\s*\n/)
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text, n) => ({ n, text }));
}
